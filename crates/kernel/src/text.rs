//! Text that people type: what a name or a description may hold.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup},
};
use unicode_normalization::UnicodeNormalization;

use crate::{FieldCode, FieldError};

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

/// Whether Unicode says that a character shows nothing by itself: joiners, variation selectors, fillers, soft hyphens.
#[must_use]
pub(crate) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a character leaves a trace on paper by itself: not what is unassigned, private or a mark on another one. The braille
/// pattern without dots, the null notehead and the place holder of an object are symbols by their class, and empty all the same.
fn is_visible(c: char) -> bool {
    use GeneralCategoryGroup as Group;
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let shows =
        [Group::Letter, Group::Number, Group::Punctuation, Group::Symbol].iter().any(|it| it.contains(category));
    shows && !is_ignorable(c) && !matches!(c, '\u{2800}' | '\u{1D159}' | '\u{FFFC}')
}

/// One line of text: trimmed, NFC, 1 to `max` characters, one of which can be seen. What joins letters or emoji may stand
/// between them.
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
        return Err(FieldError::new(field, FieldCode::Required, "must not be empty"));
    }
    if text.chars().count() > max {
        return Err(too_long(field, max));
    }
    if text.chars().any(|c| is_forbidden(c, multiline)) {
        let message = "must not contain control, invisible or text-direction characters";
        return Err(FieldError::new(field, FieldCode::ForbiddenCharacter, message));
    }
    if !text.chars().any(is_visible) {
        return Err(FieldError::new(field, FieldCode::Required, "must have a character that can be seen"));
    }
    Ok(text)
}

fn too_long(field: &'static str, max: usize) -> FieldError {
    FieldError::new(field, FieldCode::TooLong, format!("must be at most {max} characters"))
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
    fn what_shows_nothing_is_as_good_as_empty() {
        let nothing = [
            "\u{3164}",
            "\u{2800}",
            "\u{ad}",
            "\u{115f}",
            "\u{1160}",
            "\u{34f}",
            "\u{200c}",
            "\u{200d}",
            "\u{ffa0}",
            "\u{180e}",
            "\u{17b4}",
            "\u{fe0f}",
            "\u{e0100}",
            "\u{1d159}",
            "\u{13430}",
            "\u{fffc}",
            "\u{378}",
            "\u{fdd0}",
            "\u{1fffe}",
            "\u{e000}",
            "\u{f0000}",
            "\u{301}",
            "\u{20e3}",
            "\u{2800}\u{301}",
            "\u{3000}\u{2800} \u{a0}\u{ad}",
            "\u{200d}\u{3164}\u{200d}",
        ];
        for text in nothing {
            assert_eq!(line("name", text, 10).expect_err(text).code, "REQUIRED", "{}", text.escape_unicode());
            assert_eq!(block("text", text, 10).expect_err(text).code, "REQUIRED", "{}", text.escape_unicode());
        }
    }

    #[test]
    fn no_ignorable_character_makes_a_name_alone() {
        for c in ('\0'..=char::MAX).filter(|c| is_ignorable(*c) || c.is_whitespace()) {
            assert!(line("name", &c.to_string(), 10).is_err(), "{}", c.escape_unicode());
        }
    }

    #[test]
    fn joiners_inside_names_and_emoji_stay() {
        let families = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        for name in [
            "\u{646}\u{6cc}\u{200c}\u{645}\u{627}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            families,
            "\u{2764}\u{fe0f}",
            "Ga\u{ad}rage",
        ] {
            assert_eq!(line("name", name, 10).expect("a name"), name);
        }
    }

    #[test]
    fn like_takes_wildcards_literally() {
        assert_eq!(like_contains("50%_\\"), "%50\\%\\_\\\\%");
    }
}
