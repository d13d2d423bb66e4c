use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long what other tasks or processes do may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer, and gives it.
///
/// For what another task or process does in a while: a test waits exactly as long as it takes, and not a fixed time that is
/// too long here and too short there.
///
/// # Panics
/// After half a minute without an answer, saying `what` did not happen.
pub async fn eventually<T>(what: &str, attempt: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, attempt).await
}

/// [`eventually`] with a limit of one's own, for what must happen soon.
///
/// # Panics
/// After `limit` without an answer.
pub async fn within<T>(limit: Duration, what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = attempt().await {
            return answer;
        }
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
