use kernel::{FieldCode, FieldError, text};

kernel::text_type!(
    /// A workshop's name: one line, 1 to 120 characters.
    TenantName, line, 120
);
kernel::text_type!(
    /// A person's first or last name: one line, 1 to 100 characters.
    PersonName, line, 100
);
kernel::text_type!(
    /// What a workshop says about itself: 1 to 2,000 characters, line breaks allowed.
    Description, block, 2_000
);
kernel::text_type!(
    /// Why a workshop was suspended: one line, 1 to 500 characters.
    SuspensionReason, line, 500
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
