use crate::{FieldCode, FieldError};

/// Gathers what is wrong with a request, so that one answer names every wrong field.
///
/// ```
/// use kernel::{input::Fields, text};
/// let mut fields = Fields::new();
/// let name = fields.take(text::line("name", "", 120));
/// let reason = fields.take(text::block("reason", "two\nlines\0", 500));
/// assert_eq!((name, reason), (None, None));
/// assert_eq!(fields.finish(Some(())).unwrap_err().len(), 2);
/// ```
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The parsed value; or nothing, and the error is kept.
    pub fn take<T>(&mut self, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|error| self.0.push(error)).ok()
    }

    /// [`Fields::take`] for a part of the request that gathered errors of its own.
    pub fn take_all<T>(&mut self, parsed: Result<T, Vec<FieldError>>) -> Option<T> {
        parsed.map_err(|errors| self.0.extend(errors)).ok()
    }

    /// [`Fields::take`] for an optional field: `None` stays `None`.
    pub fn optional<T, U>(&mut self, value: Option<T>, parse: impl FnOnce(T) -> Result<U, FieldError>) -> Option<U> {
        value.and_then(|value| self.take(parse(value)))
    }

    /// [`Fields::take`] for a field of a patch: absent, cleared with null, or given.
    pub fn patch<T, U>(
        &mut self,
        value: Option<Option<T>>,
        parse: impl FnOnce(T) -> Result<U, FieldError>,
    ) -> Option<Option<U>> {
        match value {
            None => None,
            Some(None) => Some(None),
            Some(Some(value)) => self.take(parse(value)).map(Some),
        }
    }

    /// [`Fields::patch`] for a field that cannot be cleared.
    pub fn required<T, U>(
        &mut self,
        field: &'static str,
        value: Option<Option<T>>,
        parse: impl FnOnce(T) -> Result<U, FieldError>,
    ) -> Option<U> {
        let required = || FieldError::new(field, FieldCode::Required, "must not be null");
        value.and_then(|value| self.take(value.ok_or_else(required).and_then(parse)))
    }

    /// Notes an error that no single value has.
    pub fn push(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// What was wrong so far.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0
    }

    /// The value, if nothing was wrong at all.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

/// Puts a path before a field's name: `email` under `owner` is `owner.email`.
#[must_use]
pub fn under(parent: &str, mut error: FieldError) -> FieldError {
    error.field = format!("{parent}.{}", error.field).into();
    error
}
