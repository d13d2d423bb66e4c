//! How values read in a mail.

use chrono::NaiveDate;
use kernel::{Currency, Money};

/// Stands between two characters and shows nowhere.
const NON_JOINER: char = '\u{200c}';

/// The text as one line: line breaks, controls and what else cannot be seen become a space.
pub(super) fn line(text: &str) -> String {
    let seen = text.chars().map(|c| if kernel::text::is_forbidden(c, false) { ' ' } else { c });
    seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name, or what else somebody chose whom the reader need not know. Mail programs make links of whatever looks like an
/// address; this one does not any more, so that nobody can have us send somebody else a link of theirs.
pub(super) fn name(text: &str) -> String {
    let text = line(text);
    let mut name = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let before = text[..at].chars().next_back();
        let inside_word = before == Some('.') && c.is_alphanumeric();
        let inside_scheme = before == Some(':') && c == '/';
        if inside_word || inside_scheme {
            name.push(NON_JOINER);
        }
        name.push(c);
    }
    name
}

/// The lines of a longer text, without what cannot be seen.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.trim().lines().map(line).collect()
}

/// A longer text as a quotation in plain text: whatever it holds, each of its lines begins with `>`.
pub(super) fn quote(text: &str) -> String {
    const WIDTH: usize = 70;
    let mut rows: Vec<String> = Vec::new();
    for line in lines(text) {
        let mut row = String::new();
        for word in line.split(' ') {
            if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > WIDTH {
                rows.push(std::mem::take(&mut row));
            }
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(word);
        }
        rows.push(row);
    }
    rows.iter().map(|row| format!("> {row}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// `Urgent` of `URGENT`: what has its name in capitals elsewhere.
pub(super) fn level(text: &str) -> String {
    let text = name(text);
    let mut chars = text.chars();
    chars.next().into_iter().chain(chars.as_str().to_lowercase().chars()).collect()
}

/// At most `most` characters; an ellipsis tells that there were more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `A$1,990.00` for Australian dollars, `USD 1,990.00` for others.
pub(super) fn money(amount: Money) -> String {
    let sign = if amount.cents() < 0 { "-" } else { "" };
    let unit = if amount.currency() == Currency::AUD { "A$".to_owned() } else { format!("{} ", amount.currency()) };
    let cents = amount.cents().unsigned_abs();
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{unit}{grouped}.{:02}", cents % 100)
}

/// `31 March 2026`.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `1 March 2026 to 31 March 2026`, of a period and the day on which the next one begins.
pub(super) fn period(start: NaiveDate, next: NaiveDate) -> String {
    let last = next.pred_opt().filter(|last| *last > start).unwrap_or(start);
    if last == start { day(start) } else { format!("{} to {}", day(start), day(last)) }
}

/// `1 day`, `7 days`.
pub(super) fn count(number: u32, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// `1 hour`, `90 minutes`.
pub(super) fn duration(minutes: u32) -> String {
    if minutes > 0 && minutes.is_multiple_of(60) { count(minutes / 60, "hour") } else { count(minutes, "minute") }
}

/// When something is that is so many days ahead: `in 3 days`, `tomorrow`.
pub(super) fn ahead(days: u32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(line(" a\r\nb\u{2028}c\u{85}\u{b}d\0\u{202e}e\t f "), "a b c d e f");
        assert_eq!(line("Jo's Garage — Bremen"), "Jo's Garage — Bremen");
    }

    #[test]
    fn a_name_is_no_link() {
        assert_eq!(name("https://evil.example/x"), "https:\u{200c}//evil.\u{200c}example/x");
        assert_eq!(name("www.evil.example"), "www.\u{200c}evil.\u{200c}example");
        assert_eq!(name("Dr. Jo & Co. Pty. Ltd."), "Dr. Jo & Co. Pty. Ltd.");
    }

    #[test]
    fn a_level_is_a_word() {
        assert_eq!(["URGENT", "HIGH", "MEDIUM", "LOW", ""].map(level), ["Urgent", "High", "Medium", "Low", ""]);
        assert_eq!(level("WWW.EVIL\r\n.EXAMPLE"), "Www.\u{200c}evil .\u{200c}example");
    }

    #[test]
    fn a_quotation_is_marked_to_its_last_line() {
        assert_eq!(quote("one\r\n\nhttps://evil.example\rtwo\n"), "> one\n>\n> https://evil.example two");
        let long = quote(&"word ".repeat(40));
        assert!(long.lines().count() == 3 && long.lines().all(|row| row.starts_with("> word") && row.len() <= 72));
        assert_eq!(quote(&"x".repeat(90)), format!("> {}", "x".repeat(90)));
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("öäü", 3), "öäü");
        assert_eq!(cut("öä üß", 4), "öä…");
    }

    #[test]
    fn money_is_written_for_people() {
        let usd = "USD".parse().expect("a currency");
        assert_eq!(money(Money::new(19_900, Currency::AUD)), "A$199.00");
        assert_eq!(money(Money::new(19_905, usd)), "USD 199.05");
        assert_eq!(money(Money::new(123_456_789, usd)), "USD 1,234,567.89");
        assert_eq!(money(Money::new(100_000, Currency::AUD)), "A$1,000.00");
        assert_eq!(money(Money::new(-5, Currency::AUD)), "-A$0.05");
        assert_eq!(money(Money::new(i64::MIN, usd)), "-USD 92,233,720,368,547,758.08");
    }

    #[test]
    fn days_and_periods_are_written_for_people() {
        assert_eq!(day(date("2026-03-01")), "1 March 2026");
        assert_eq!(period(date("2026-03-01"), date("2026-04-01")), "1 March 2026 to 31 March 2026");
        assert_eq!(period(date("2026-03-01"), date("2026-03-02")), "1 March 2026");
        assert_eq!(period(date("2026-03-01"), date("2026-02-01")), "1 March 2026");
        assert_eq!((count(1, "day"), count(7, "day")), ("1 day".into(), "7 days".into()));
        assert_eq!([60, 120, 90, 1, 0].map(duration), ["1 hour", "2 hours", "90 minutes", "1 minute", "0 minutes"]);
        assert_eq!([0, 1, 7].map(ahead), ["today", "tomorrow", "in 7 days"]);
    }
}
