use kernel::{FieldCode, FieldError};

/// Most characters that can be searched for.
const MAX: usize = 200;

/// What is searched for: words of letters and digits only, each of which must begin a word of what is found. Nothing of
/// what a client wrote but letters, digits and their marks is left, [folded](kernel::fold), so none of it can be read as an
/// operator by a database.
///
/// ```
/// let search = support::domain::SearchText::parse("Brake-pads (front) OR 'x'; --")?;
/// assert_eq!(search.words(), ["brake", "pads", "front", "or", "x"]);
/// # Ok::<(), kernel::FieldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(Vec<String>);

impl SearchText {
    /// Reads the parameter `search`.
    ///
    /// # Errors
    /// `TOO_LONG`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text.chars().count() > MAX {
            return Err(FieldError::new("search", FieldCode::TooLong, format!("must be at most {MAX} characters")));
        }
        Ok(Self(kernel::fold::words(text)))
    }

    /// The words. None at all (a search for `?!`) find nothing.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_and_digits_are_left() {
        let words = |text: &str| SearchText::parse(text).expect("short").0;
        assert_eq!(words("  tkt-01ABC "), ["tkt", "01abc"]);
        assert_eq!(words("jo@garage.test"), ["jo", "garage", "test"]);
        assert_eq!(words("Ölwanne 'a' | b & !c:* \"d\" <-> (e) \\ \0 f*"), ["ölwanne", "a", "b", "c", "d", "e", "f"]);
        assert_eq!(words("?! -- ; '"), Vec::<String>::new());
        assert_eq!(SearchText::parse(&"x".repeat(201)).expect_err("long").code, "TOO_LONG");
    }
}
