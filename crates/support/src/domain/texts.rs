kernel::text_type!(
    /// What a ticket is about: one line, 1 to 200 characters.
    Subject, line, 200
);
kernel::text_type!(
    /// What somebody wrote: 1 to 10,000 characters, line breaks allowed.
    Body, block, 10_000
);
kernel::text_type!(
    /// What kind of trouble it is, in words of one's own: one line, 1 to 50 characters.
    Category, line, 50
);

#[cfg(test)]
mod tests {
    use kernel::FieldError;

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
