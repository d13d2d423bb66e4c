//! Text that people type: what a name or a description may hold.

use unicode_normalization::UnicodeNormalization;

use crate::FieldError;

/// Whether a character must not stand in any text: controls (but line breaks and tabs where `multiline`),
/// bidirectional overrides and isolates, zero-width and other invisible formatting, non-characters.
#[must_use]
pub fn is_forbidden(c: char, multiline: bool) -> bool {
    match c {
        '\n' | '\r' | '\t' => !multiline,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}' | '\u{2028}' | '\u{2029}' => true,
        '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}' => true,
        c => c.is_control(),
    }
}

/// One line of text: trimmed, NFC, 1 to `max` characters, nothing invisible.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `FORBIDDEN_CHARACTER`, naming `field`.
///
/// ```
/// assert_eq!(kernel::text::line("name", " Jo's Garage ", 120)?, "Jo's Garage");
/// assert_eq!(kernel::text::line("name", "Jo\u{202e}", 120).unwrap_err().code, "FORBIDDEN_CHARACTER");
/// # Ok::<(), kernel::FieldError>(())
/// ```
pub fn line(field: &'static str, text: &str, max: usize) -> Result<String, FieldError> {
    clean(field, text, max, false)
}

/// Several lines of text: as [`line()`], but line breaks and tabs may stand in it.
///
/// # Errors
/// As [`line()`].
pub fn block(field: &'static str, text: &str, max: usize) -> Result<String, FieldError> {
    clean(field, text, max, true)
}

fn clean(field: &'static str, text: &str, max: usize, multiline: bool) -> Result<String, FieldError> {
    // NFC makes one character of four at most: what is longer still is not worth the work.
    if text.len() > max.saturating_mul(16) {
        return Err(too_long(field, max));
    }
    let text: String = text.trim().nfc().collect();
    if text.is_empty() {
        return Err(FieldError::new(field, "REQUIRED", "must not be empty"));
    }
    if text.chars().count() > max {
        return Err(too_long(field, max));
    }
    if text.chars().any(|c| is_forbidden(c, multiline)) {
        let message = "must not contain control, invisible or text-direction characters";
        return Err(FieldError::new(field, "FORBIDDEN_CHARACTER", message));
    }
    Ok(text)
}

fn too_long(field: &'static str, max: usize) -> FieldError {
    FieldError::new(field, "TOO_LONG", format!("must be at most {max} characters"))
}

/// Text for `LIKE`, with `%`, `_` and the escape character `\` taken literally, between two `%`.
#[must_use]
pub fn like_contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_seen() {
        for bad in ["a\0b", "a\u{1b}[0m", "a\u{2066}b", "a\u{200b}b", "a\nb"] {
            assert_eq!(line("name", bad, 10).expect_err(bad).code, "FORBIDDEN_CHARACTER");
        }
        assert_eq!(block("text", "a\nb", 10).expect("line breaks are fine"), "a\nb");
        assert_eq!(line("name", "  ", 10).expect_err("blank").code, "REQUIRED");
        assert_eq!(line("name", &"x".repeat(11), 10).expect_err("long").code, "TOO_LONG");
    }

    #[test]
    fn like_takes_wildcards_literally() {
        assert_eq!(like_contains("50%_\\"), "%50\\%\\_\\\\%");
    }
}
