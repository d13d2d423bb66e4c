/// Declares an enum whose values are upper-snake-case words on the wire and in the database.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            ::serde::Serialize, ::serde::Deserialize,
        )]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads what a client sent.
            ///
            /// # Errors
            /// `INVALID`, naming `field` and the words that would do.
            pub fn parse(field: &'static str, text: &str) -> Result<Self, ::kernel::FieldError> {
                text.parse().map_err(|_: $crate::domain::UnknownWord| {
                    let words = [$($text),+].join(", ");
                    ::kernel::FieldError::new(field, ::kernel::FieldCode::Invalid, format!("must be one of {words}"))
                })
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::domain::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::domain::UnknownWord> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::domain::UnknownWord) }
            }
        }
    };
}
pub(crate) use text_enum;

/// The text is none of the words of the enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such value")]
pub struct UnknownWord;
