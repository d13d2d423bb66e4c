use kernel::{FieldError, input::json_object};
use serde_json::{Map, Value};

/// Whatever a client wants to keep with a workshop: a JSON object of at most 16 KiB, nested at most 5 deep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// Parses the field `metadata`.
    ///
    /// # Errors
    /// `INVALID`, `TOO_LONG`, `TOO_DEEP` or `FORBIDDEN_CHARACTER`.
    pub fn parse(value: Value) -> Result<Self, FieldError> {
        json_object("metadata", value).map(Self)
    }

    /// The object.
    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn trusted(object: Map<String, Value>) -> Self {
        Self(object)
    }
}
