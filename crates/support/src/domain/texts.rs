use kernel::{FieldError, text};

macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $clean:path, $max:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, trimmed and in Unicode's composed form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Cleans and checks what a client sent in `field`.
            ///
            /// # Errors
            /// `REQUIRED`, `TOO_LONG` or `FORBIDDEN_CHARACTER`.
            pub fn parse_as(field: &'static str, text: &str) -> Result<Self, FieldError> {
                $clean(field, text, $max).map(Self)
            }

            /// Takes back what a store kept, which was checked when it went in.
            pub(crate) fn trusted(text: String) -> Self {
                Self(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// What a ticket is about: one line, 1 to 200 characters.
    Subject, text::line, 200
);
text_type!(
    /// What somebody wrote: 1 to 10,000 characters, line breaks allowed.
    Body, text::block, 10_000
);
text_type!(
    /// What kind of trouble it is, in words of one's own: one line, 1 to 50 characters.
    Category, text::line, 50
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_limits_and_nothing_invisible() {
        let code = |result: Result<(), FieldError>| result.expect_err("refused").code;
        let subject = |text: &str| Subject::parse_as("subject", text).map(|_| ());
        let body = |text: &str| Body::parse_as("body", text).map(|_| ());
        assert!(subject(&"ä".repeat(200)).is_ok() && body(&"ä\n".repeat(5_000)).is_ok());
        assert_eq!(code(subject(&"x".repeat(201))), "TOO_LONG");
        assert_eq!(code(body(&"x".repeat(10_001))), "TOO_LONG");
        assert_eq!(code(Category::parse_as("category", &"x".repeat(51)).map(|_| ())), "TOO_LONG");
        assert_eq!(code(subject("two\nlines")), "FORBIDDEN_CHARACTER");
        assert_eq!(code(body("\u{202e}evil")), "FORBIDDEN_CHARACTER");
        assert_eq!(code(body("a\0b")), "FORBIDDEN_CHARACTER");
        assert_eq!(code(body(" \n ")), "REQUIRED");
    }
}
