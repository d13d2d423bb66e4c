use std::str::FromStr;

use strum::{ParseError, VariantArray};

use crate::{FieldCode, FieldError};

/// An enum whose values are words on the wire and in the database. Whatever derives these has it:
///
/// ```
/// use kernel::input::Word as _;
///
/// #[derive(Debug, Clone, Copy, PartialEq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
/// #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
/// enum Wheel {
///     FrontLeft,
///     FrontRight,
/// }
///
/// assert_eq!(Wheel::parse("wheel", "FRONT_LEFT")?.as_str(), "FRONT_LEFT");
/// assert_eq!(Wheel::parse("wheel", "left").unwrap_err().message, "must be one of FRONT_LEFT, FRONT_RIGHT");
/// # Ok::<(), kernel::FieldError>(())
/// ```
pub trait Word: VariantArray + FromStr<Err = ParseError> + Into<&'static str> + Copy {
    /// Every value, in the order of the declaration.
    const ALL: &'static [Self] = Self::VARIANTS;

    /// The word on the wire and in the database.
    fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads what a client sent.
    ///
    /// # Errors
    /// `INVALID`, naming `field` and the words that would do.
    fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        text.parse().map_err(|_: ParseError| {
            let words: Vec<_> = Self::ALL.iter().map(|word| word.as_str()).collect();
            FieldError::new(field, FieldCode::Invalid, format!("must be one of {}", words.join(", ")))
        })
    }
}

impl<T: VariantArray + FromStr<Err = ParseError> + Into<&'static str> + Copy> Word for T {}
