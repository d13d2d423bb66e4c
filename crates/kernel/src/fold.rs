//! The form in which texts are compared: what is searched and what is searched for go through [`fold`], so that neither the
//! engine nor the database's locale has a say in what is found.

use icu_casemap::CaseMapper;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::text::{is_ignorable, like_contains};

/// Longest word that is indexed, in characters: PostgreSQL takes 2,046 bytes.
const MAX_WORD: usize = 500;
/// Stands between the parts of a [`search_text`]. Nothing folded has it inside.
const SEPARATOR: &str = "\n";

/// Unicode's compatibility caseless form (NFKC and full case folding, definition D146) without characters that show
/// nothing, and with single spaces for blanks. Folding again changes nothing.
///
/// ```
/// use kernel::fold::fold;
/// assert_eq!(fold("STRASSE"), fold("straße"));
/// assert_eq!(fold("U\u{308}ber"), "über");
/// assert_eq!(fold(" Ｊｏ　 Wong "), "jo wong");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return single_spaced(&text.to_ascii_lowercase());
    }
    let mapper = CaseMapper::new();
    let decomposed: String = text.nfd().filter(|c| !is_ignorable(*c)).collect();
    let once: String = mapper.fold_string(&decomposed).nfkc().collect();
    let twice: String = mapper.fold_string(&once).nfkc().collect();
    single_spaced(&twice)
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a row is searched by: each part folded; a search finds what is within one of them.
#[must_use]
pub fn search_text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(fold).collect::<Vec<_>>().join(SEPARATOR)
}

/// [`search_text`] of a person: both names in either order, and the address.
///
/// ```
/// let text = kernel::fold::search_text_of_person("Jo", "Wong", "jo@garage.example");
/// assert!(text.contains("jo wong") && text.contains("wong jo") && !text.contains("wong wong"));
/// ```
#[must_use]
pub fn search_text_of_person(first_name: &str, last_name: &str, email: &str) -> String {
    let names = [format!("{first_name} {last_name}"), format!("{last_name} {first_name}")];
    search_text([names[0].as_str(), names[1].as_str(), email])
}

/// The `LIKE` pattern (escape character `\`) for a [`search_text`] that has this text within a part.
#[must_use]
pub fn search_pattern(text: &str) -> String {
    like_contains(&fold(text))
}

/// The words of a text, folded: letters, digits and the marks on them.
///
/// ```
/// assert_eq!(kernel::fold::words("Öl-Wanne, 2 Stück"), ["öl", "wanne", "2", "stück"]);
/// ```
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let folded = fold(text);
    let words = folded.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(MAX_WORD).collect()).collect()
}

/// Each of the texts' words once, with spaces between: what an index of words is made of.
#[must_use]
pub fn search_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let words: std::collections::BTreeSet<String> = texts.into_iter().flat_map(words).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
