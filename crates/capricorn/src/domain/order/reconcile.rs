use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{MAX_SENDS, Progress};

/// How long things around an order take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTiming {
    /// How long whoever orders waits for the outcome.
    pub submit_wait: Duration,
    /// The first wait before a sent order is asked about; the later ones double, up to half an hour.
    pub poll: Duration,
    /// The first wait before a lost answer is looked into; the later ones scale with it.
    pub reconcile: Duration,
    /// How far apart an order must be found missing twice before it is sent again.
    pub absence: Duration,
    /// How long one call to the supplier may take.
    pub call: Duration,
}

impl Default for OrderTiming {
    fn default() -> Self {
        Self {
            submit_wait: Duration::from_secs(2),
            poll: Duration::from_secs(60),
            reconcile: Duration::from_secs(5),
            absence: Duration::from_secs(60),
            call: Duration::from_secs(10),
        }
    }
}

/// The longest wait between two looks at a sent order.
const LONGEST_POLL: Duration = Duration::from_secs(30 * 60);
/// When the supplier is asked after a lost answer, in first steps: after 5 s, 30 s, 2 min, 10 min if a step is 5 s.
const LADDER: [u32; 4] = [1, 6, 24, 120];
/// Then this often: every 30 min.
const THEN_EVERY: u32 = 360;
/// Until then: 24 h.
const GIVE_UP: u32 = 17_280;

impl OrderTiming {
    /// How long after a loss people are asked.
    #[must_use]
    pub fn give_up(&self) -> TimeDelta {
        delta(self.reconcile.saturating_mul(GIVE_UP))
    }

    /// When the next question is due, of those that count from the loss.
    #[must_use]
    pub fn next_question(&self, lost_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let step = |steps: u32| lost_at + delta(self.reconcile.saturating_mul(steps));
        let later = (1..=GIVE_UP / THEN_EVERY).map(|count| LADDER[3] + count * THEN_EVERY);
        let due = LADDER.into_iter().chain(later).map(step).find(|due| *due > now);
        let last = lost_at + self.give_up();
        due.unwrap_or(last).min(last)
    }

    /// How long to wait before a sent order is asked about again, after so many looks without anything new.
    #[must_use]
    pub fn next_poll(&self, tries: u32) -> TimeDelta {
        delta(self.poll.saturating_mul(1 << tries.min(16)).min(LONGEST_POLL.max(self.poll)))
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(36_500))
}

/// What the supplier said when it was asked for an order whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has none under our number.
    Absent,
    /// It did not say.
    Nothing,
    /// It has several, or one that cannot be ours.
    Contradiction,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Ask again then.
    AskAt(DateTime<Utc>),
    /// Send it again: the supplier has not got it.
    Resend,
    /// Leave it to people.
    Review(&'static str),
}

/// What follows from an answer, or from none; notes when the order was first found missing.
pub fn reconcile(progress: &mut Progress, answer: Answer, now: DateTime<Utc>, timing: &OrderTiming) -> Verdict {
    let lost_at = *progress.lost_at.get_or_insert(now);
    match answer {
        Answer::Contradiction => return Verdict::Review("Capricorn's answer about the order contradicts itself"),
        Answer::Absent => {
            let first = *progress.absent_at.get_or_insert(now);
            if now - first >= delta(timing.absence) && now > first {
                if progress.sends >= MAX_SENDS {
                    return Verdict::Review("the order was sent as often as it may be, and Capricorn has not got it");
                }
                return Verdict::Resend;
            }
        }
        Answer::Nothing => {}
    }
    if now - lost_at >= timing.give_up() {
        return Verdict::Review("for a day nobody could find out whether Capricorn has the order");
    }
    Verdict::AskAt(timing.next_question(lost_at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: fn() -> OrderTiming = OrderTiming::default;

    fn lost() -> (Progress, DateTime<Utc>) {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        (Progress { lost_at: Some(at), sends: 1, ..Progress::default() }, at)
    }

    /// Asks until the verdict is another than to ask again; tells when that was, in seconds after the loss.
    fn run(mut answer: impl FnMut(i64) -> Answer) -> (Vec<i64>, Verdict) {
        let (mut progress, lost_at) = lost();
        let (mut now, mut asked) = (TIMING().next_question(lost_at, lost_at), Vec::new());
        loop {
            let seconds = (now - lost_at).num_seconds();
            asked.push(seconds);
            match reconcile(&mut progress, answer(seconds), now, &TIMING()) {
                Verdict::AskAt(at) => now = at,
                verdict => return (asked, verdict),
            }
        }
    }

    #[test]
    fn the_ladder() {
        let (asked, verdict) = run(|_| Answer::Nothing);
        assert_eq!(asked[..6], [5, 30, 120, 600, 2_400, 4_200]);
        assert!(asked.windows(2).skip(3).all(|pair| pair[1] - pair[0] <= 1_800), "{asked:?}");
        assert_eq!(asked.last(), Some(&(24 * 60 * 60)));
        assert!(matches!(verdict, Verdict::Review(_)));
    }

    #[test]
    fn absence_counts_twice_and_far_enough_apart() {
        let (asked, verdict) = run(|_| Answer::Absent);
        assert_eq!((asked, verdict), (vec![5, 30, 120], Verdict::Resend));
        let (asked, verdict) = run(|at| if at == 30 { Answer::Absent } else { Answer::Nothing });
        assert!(matches!(verdict, Verdict::Review(_)) && asked.len() > 40, "once is not enough: {asked:?}");
        let (asked, verdict) = run(|at| if at == 120 { Answer::Nothing } else { Answer::Absent });
        assert_eq!((asked, verdict), (vec![5, 30, 120, 600], Verdict::Resend), "a failed question is no absence");
    }

    #[test]
    fn it_is_sent_four_times_at_most() {
        let (mut progress, at) = lost();
        (progress.sends, progress.absent_at) = (MAX_SENDS, Some(at));
        let verdict = reconcile(&mut progress, Answer::Absent, at + TimeDelta::minutes(2), &TIMING());
        assert!(matches!(verdict, Verdict::Review(_)), "{verdict:?}");
    }

    #[test]
    fn a_contradiction_is_for_people() {
        let (asked, verdict) = run(|_| Answer::Contradiction);
        assert!(asked == [5] && matches!(verdict, Verdict::Review(_)));
    }

    #[test]
    fn an_overdue_question_is_asked_once() {
        let (_, lost_at) = lost();
        let now = lost_at + TimeDelta::minutes(9);
        assert_eq!(TIMING().next_question(lost_at, now), lost_at + TimeDelta::minutes(10));
    }

    #[test]
    fn steps_scale() {
        let timing = OrderTiming { reconcile: Duration::from_secs(1), ..TIMING() };
        let (_, lost_at) = lost();
        assert_eq!(timing.next_question(lost_at, lost_at + TimeDelta::seconds(1)), lost_at + TimeDelta::seconds(6));
        assert_eq!(timing.give_up(), TimeDelta::seconds(17_280));
    }

    #[test]
    fn looks_become_rarer() {
        let waits: Vec<_> = [0, 1, 4, 5, 40].map(|tries| TIMING().next_poll(tries).num_seconds()).into();
        assert_eq!(waits, [60, 120, 960, 1_800, 1_800]);
    }
}
