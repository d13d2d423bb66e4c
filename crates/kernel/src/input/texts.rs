/// Declares a text that people type: its name, [`line`](crate::text::line) or [`block`](crate::text::block), and its most
/// characters.
///
/// ```
/// kernel::text_type!(
///     /// What a car is called: one line, 1 to 20 characters.
///     CarName, line, 20
/// );
/// assert_eq!(CarName::parse_as("name", " Bluebird ")?.as_str(), "Bluebird");
/// assert_eq!(CarName::trusted("Bluebird".to_owned()).to_string(), "Bluebird");
/// # Ok::<(), kernel::FieldError>(())
/// ```
#[macro_export]
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $clean:ident, $max:literal) => {
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
            pub fn parse_as(field: &'static str, text: &str) -> ::std::result::Result<Self, $crate::FieldError> {
                $crate::text::$clean(field, text, $max).map(Self)
            }

            /// Takes back what a store kept, which was checked when it went in.
            pub(crate) fn trusted(text: String) -> Self {
                Self(text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
