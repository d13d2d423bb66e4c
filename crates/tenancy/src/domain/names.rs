use kernel::{FieldCode, FieldError, text};

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
    /// A workshop's name: one line, 1 to 120 characters.
    TenantName, text::line, 120
);
text_type!(
    /// A person's first or last name: one line, 1 to 100 characters.
    PersonName, text::line, 100
);
text_type!(
    /// What a workshop says about itself: 1 to 2,000 characters, line breaks allowed.
    Description, text::block, 2_000
);
text_type!(
    /// Why a workshop was suspended: one line, 1 to 500 characters.
    SuspensionReason, text::line, 500
);

impl TenantName {
    /// Parses the field `name`.
    ///
    /// # Errors
    /// As [`TenantName::parse_as`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::parse_as("name", text)
    }

    /// The name [folded](kernel::fold), which the list sorts by and search looks in.
    ///
    /// ```
    /// let name = tenancy::domain::TenantName::parse("Örn's GARAGE")?;
    /// assert_eq!(name.folded(), "örn's garage");
    /// # Ok::<(), kernel::FieldError>(())
    /// ```
    #[must_use]
    pub fn folded(&self) -> String {
        kernel::fold::fold(&self.0)
    }
}

impl SuspensionReason {
    /// Parses the field `reason`.
    ///
    /// # Errors
    /// As [`SuspensionReason::parse_as`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::parse_as("reason", text)
    }
}

/// A telephone number as people write it: digits, blanks and `+ - ( ) . /`, 6 to 40 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID`, or as for any line of text.
    pub fn parse_as(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text::line(field, text, 40)?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let fits = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        if fits && digits >= 6 {
            Ok(Self(text))
        } else {
            Err(FieldError::new(field, FieldCode::Invalid, "must be a telephone number such as +61 2 5550 1234"))
        }
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}
