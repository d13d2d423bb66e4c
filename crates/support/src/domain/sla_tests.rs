use kernel::input::Word as _;
use proptest::prelude::*;

use super::*;
use crate::domain::{History, HistoryEntry, Status};

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn minutes(at: DateTime<Utc>) -> i64 {
    (at - DateTime::UNIX_EPOCH).num_minutes()
}

fn moved(from: Status, to: Status) -> HistoryChange {
    HistoryChange::Status { from, to }
}

/// A history that was opened at 0.
fn history(priority: Priority, changes: &[(i64, HistoryChange)]) -> History {
    let mut history = History::open(priority, at(0));
    changes.iter().for_each(|(minutes, change)| history.push(*change, at(*minutes)));
    history
}

fn clock(priority: Priority, changes: &[(i64, HistoryChange)]) -> SlaClock {
    history(priority, changes).clock().expect("it begins with the opening")
}

#[test]
fn a_target_is_missed_after_the_last_instant_that_is_in_time() {
    let clock = clock(Priority::Urgent, &[]);
    assert_eq!((clock.first_response.due_at, clock.resolution.due_at), (at(60), at(240)));
    assert_eq!(clock.next_breach_at(), Some(at(60)));
    assert_eq!(clock.at(at(60)), clock);
    let late = clock.at(at(60) + TimeDelta::microseconds(1));
    assert_eq!(late.first_response.breached_at, Some(at(60)));
    assert_eq!(late.missed_since(&clock), [Missed { target: SlaTarget::FirstResponse, due_at: at(60) }]);
    assert_eq!(late.next_breach_at(), Some(at(240)));
    let later = late.at(at(1_000));
    assert_eq!(later.missed_since(&late), [Missed { target: SlaTarget::Resolution, due_at: at(240) }]);
    assert_eq!((later.next_breach_at(), later.missed_since(&later)), (None, vec![]));
}

#[test]
fn an_answer_in_time_ends_the_first_clock_only() {
    let clock = clock(Priority::Urgent, &[(60, HistoryChange::Answered), (70, HistoryChange::Answered)]).at(at(9_999));
    assert_eq!((clock.first_response_at, clock.first_response.breached_at), (Some(at(60)), None));
    assert_eq!(clock.resolution.breached_at, Some(at(240)));
}

#[test]
fn waiting_for_the_customer_does_not_count() {
    use Status::{InProgress, Open, WaitingForCustomer};
    let asked = (50, moved(Open, WaitingForCustomer));
    let paused = clock(Priority::Urgent, &[asked]);
    assert_eq!((paused.next_breach_at(), paused.at(at(100_000))), (None, paused));
    let going_on = clock(Priority::Urgent, &[asked, (1_050, moved(WaitingForCustomer, InProgress))]);
    assert_eq!((going_on.first_response.due_at, going_on.resolution.due_at), (at(1_060), at(1_240)));
    assert_eq!(going_on.at(at(1_061)).first_response.breached_at, Some(at(1_060)));
}

#[test]
fn a_resolved_ticket_goes_on_where_it_stopped_when_it_is_reopened() {
    use Status::{Open, Resolved};
    let resolved = (230, moved(Open, Resolved));
    assert_eq!(clock(Priority::Urgent, &[resolved]).at(at(9_999)).resolution.breached_at, None);
    let reopened = clock(Priority::Urgent, &[resolved, (1_230, moved(Resolved, Open))]);
    assert_eq!(reopened.resolution.due_at, at(1_240));
    // It was never answered, and that stays so.
    assert_eq!(reopened.first_response, Target { due_at: at(60), breached_at: Some(at(60)) });
}

#[test]
fn another_priority_counts_from_the_beginning() {
    let raised = |minutes| (minutes, HistoryChange::Priority { from: Priority::Low, to: Priority::High });
    let early = clock(Priority::Low, &[raised(100)]);
    assert_eq!((early.first_response.due_at, early.resolution.due_at), (at(240), at(24 * 60)));
    // Whoever makes it urgent too late misses the target there and then, not in hindsight.
    let late = clock(Priority::Low, &[raised(300)]);
    assert_eq!(late.first_response, Target { due_at: at(240), breached_at: Some(at(300)) });
    // And nobody gets rid of what was missed.
    let lowered = (400, HistoryChange::Priority { from: Priority::High, to: Priority::Low });
    assert_eq!(clock(Priority::Low, &[raised(300), lowered]).first_response, late.first_response);
}

#[test]
fn time_never_goes_back() {
    let mut skewed = History::open(Priority::Urgent, at(100));
    skewed.push(moved(Status::Open, Status::WaitingForCustomer), at(90));
    skewed.push(moved(Status::WaitingForCustomer, Status::InProgress), at(80));
    let positions: Vec<_> = skewed.entries().iter().map(|entry| (entry.position, entry.at)).collect();
    assert_eq!(positions, [(1, at(100)), (2, at(100)), (3, at(100))]);
    assert_eq!(skewed.clock().expect("a clock").first_response.due_at, at(160));
}

#[test]
fn no_clock_without_an_opening() {
    assert_eq!(History::of(Vec::new()).clock(), None);
    let answered = HistoryEntry { position: 1, at: at(0), change: HistoryChange::Answered };
    assert_eq!(History::of(vec![answered]).clock(), None);
}

/// What a target must be, counted minute by minute.
#[derive(Debug, PartialEq)]
struct Counted {
    elapsed: i64,
    missed: Option<i64>,
}

fn count(history: &History, until: i64, span: fn(Priority) -> TimeDelta, is_met: fn(HistoryChange) -> bool) -> Counted {
    let (mut running, mut met, mut elapsed, mut missed, mut allowed) = (true, false, 0, None, 0);
    for minute in minutes(history.entries()[0].at)..=until {
        for entry in history.entries().iter().filter(|entry| minutes(entry.at) == minute) {
            match entry.change {
                HistoryChange::Opened(priority) | HistoryChange::Priority { to: priority, .. } => {
                    allowed = span(priority).num_minutes();
                }
                HistoryChange::Status { to, .. } => running = to.clock_runs(),
                HistoryChange::Answered | HistoryChange::Assigned { .. } => {}
            }
            met |= is_met(entry.change);
            if running && !met && missed.is_none() && elapsed > allowed {
                missed = Some(minute);
            }
        }
        if running && minute < until {
            if !met && missed.is_none() && elapsed >= allowed {
                missed = Some(minute);
            }
            elapsed += 1;
        }
    }
    Counted { elapsed, missed }
}

/// Steps that the state machine has, after gaps of so many minutes.
fn steps() -> impl Strategy<Value = Vec<(i64, u8, usize)>> {
    prop::collection::vec((0..900_i64, 0..6_u8, any::<prop::sample::Index>().prop_map(|it| it.index(1_000))), 0..14)
}

fn build(first: Priority, steps: &[(i64, u8, usize)]) -> (History, Priority) {
    let (mut history, mut now, mut status, mut priority) = (History::open(first, at(0)), 0, Status::Open, first);
    for (gap, kind, pick) in steps {
        now += gap;
        let change = match kind {
            0 => HistoryChange::Answered,
            1 => {
                let from = priority;
                priority = Priority::ALL[pick % Priority::ALL.len()];
                HistoryChange::Priority { from, to: priority }
            }
            _ => {
                let next: Vec<_> = Status::ALL.iter().copied().filter(|to| status.may_become(*to)).collect();
                let from = status;
                status = next[pick % next.len()];
                moved(from, status)
            }
        };
        history.push(change, at(now));
    }
    (history, priority)
}

fn any_priority() -> impl Strategy<Value = Priority> {
    prop::sample::select(Priority::ALL)
}

proptest! {
    /// What is kept step by step, what is computed from the history, and what is counted by the minute are the same.
    #[test]
    fn the_clock_is_what_the_history_says(first in any_priority(), steps in steps(), rest in 0..900_i64) {
        let (history, priority) = build(first, &steps);
        let end = minutes(history.entries().last().expect("the opening").at) + rest;

        let mut fixture = SlaClock::start(first, at(0));
        for (index, entry) in history.entries().iter().enumerate().skip(1) {
            fixture.apply(entry.change, entry.at);
            // Between two steps anybody may look, and note what was missed by then.
            let next = history.entries().get(index + 1).map_or(at(end), |next| next.at);
            fixture = fixture.at(entry.at + (next - entry.at) / 2);
        }
        let computed = history.clock().expect("a clock").at(at(end));
        prop_assert_eq!(fixture.at(at(end)), computed);

        let response = count(&history, end, |it| it.service_level().first_response, |it| it == HistoryChange::Answered);
        let resolution = count(&history, end, |it| it.service_level().resolution, |_| false);
        prop_assert_eq!(computed.first_response.breached_at.map(minutes), response.missed);
        prop_assert_eq!(computed.resolution.breached_at.map(minutes), resolution.missed);
        // What was not missed is due when the rest of the span has run, counted from when the clock last ran.
        if resolution.missed.is_none() {
            let running_from = computed.paused_since.map_or(end, minutes);
            let left = priority.service_level().resolution.num_minutes() - resolution.elapsed;
            prop_assert_eq!(minutes(computed.resolution.due_at), running_from + left);
        }
    }

    /// A pause anywhere, however long, moves everything after it and changes nothing else.
    #[test]
    fn pauses_never_count(
        first in any_priority(),
        steps in prop::collection::vec((0..900_i64, 0..2_u8, 0..1_000_usize), 0..10),
        pause_after in 0..10_usize,
        pause_in in 0..900_i64,
        length in 0..100_000_i64,
        rest in 0..900_i64,
    ) {
        let (plain, _) = build(first, &steps);
        let entries = plain.entries();
        let pause_after = pause_after.min(entries.len() - 1);
        let from = entries[pause_after].at + TimeDelta::minutes(pause_in);
        let from = entries.get(pause_after + 1).map_or(from, |next| from.min(next.at));
        let pause = TimeDelta::minutes(length);
        let moved_on = |time: DateTime<Utc>| if time > from { time + pause } else { time };

        let mut paused = History::open(first, at(0));
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                let later = if index > pause_after { pause } else { TimeDelta::zero() };
                paused.push(entry.change, entry.at + later);
            }
            if index == pause_after {
                paused.push(moved(Status::Open, Status::WaitingForCustomer), from);
                paused.push(moved(Status::WaitingForCustomer, Status::Open), from + pause);
            }
        }
        let end = entries.last().expect("the opening").at.max(from) + TimeDelta::minutes(rest);
        let plain = plain.clock().expect("a clock").at(end);
        let paused = paused.clock().expect("a clock").at(end + pause);
        for (plain, paused) in [(plain.first_response, paused.first_response), (plain.resolution, paused.resolution)] {
            let missed = plain.breached_at.map(|at| minutes(moved_on(at)));
            // At the very instant of the pause it is missed before or after it, depending on what else happens there.
            let at_pause = plain.breached_at == Some(from);
            prop_assert!(at_pause || paused.breached_at.map(minutes) == missed, "{plain:?} {paused:?}");
        }
        if plain.resolution.breached_at.is_none() {
            prop_assert_eq!(paused.resolution.due_at, plain.resolution.due_at + pause);
        }
    }
}
