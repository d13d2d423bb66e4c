use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error; nothing where that is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// For `total` of `what`.
    pub(super) fn new(what: &'static str, total: u32) -> Self {
        let bar = ProgressBar::new(u64::from(total)).with_message(what);
        let template = "{msg:>14} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many more are done.
    pub(super) fn add(&self, count: u32) {
        self.0.inc(u64::from(count));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish();
    }
}
