use std::{collections::BTreeMap, fmt};

use kernel::{FieldCode, FieldError, input::Fields, text};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::{CredentialField, IntegrationType};

/// More fields than any type has; one message is enough then.
const MAX_FIELDS: usize = 20;
const MAX_LENGTH: usize = 500;

/// What a client wrote as `credentials`.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct CredentialsInput(pub Value);

impl fmt::Debug for CredentialsInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialsInput([redacted])")
    }
}

/// Credentials in clear, each field as its type wants it.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<&'static str, SecretString>);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credentials").field(&self.0.keys()).finish()
    }
}

impl Credentials {
    /// Reads `credentials`, of which none that the type needs may be missing.
    ///
    /// # Errors
    /// Every wrong field, as `credentials.apiKey` and so on. No message holds a value.
    pub fn parse(kind: IntegrationType, input: Option<CredentialsInput>) -> Result<Self, Vec<FieldError>> {
        let Some(input) = input else { return Self::default().complete(kind) };
        let object = object(input)?;
        let given: Vec<String> = object.keys().cloned().collect();
        let mut fields = Fields::new();
        let credentials = Self::read(kind, object, &mut fields);
        for field in kind.credential_fields().iter().filter(|field| field.required) {
            // One that was given and is wrong was named already.
            if !given.iter().any(|name| name == field.name) {
                fields.push(missing(field));
            }
        }
        fields.finish(Some(credentials))
    }

    /// Reads those fields that a patch gives.
    ///
    /// # Errors
    /// As [`Credentials::parse`], but for missing ones.
    pub fn parse_some(kind: IntegrationType, input: CredentialsInput) -> Result<Self, Vec<FieldError>> {
        let object = object(input)?;
        let mut fields = Fields::new();
        let credentials = Self::read(kind, object, &mut fields);
        fields.finish(Some(credentials))
    }

    /// The same, if no field is missing that the type needs.
    ///
    /// # Errors
    /// `REQUIRED` for every missing one.
    pub fn complete(self, kind: IntegrationType) -> Result<Self, Vec<FieldError>> {
        let needed = kind.credential_fields().iter().filter(|field| field.required);
        let missing: Vec<_> = needed.filter(|field| !self.0.contains_key(field.name)).map(missing).collect();
        if missing.is_empty() { Ok(self) } else { Err(missing) }
    }

    /// The fields that are there.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &SecretString)> {
        self.0.iter().map(|(name, secret)| (*name, secret))
    }

    fn read(kind: IntegrationType, object: serde_json::Map<String, Value>, fields: &mut Fields) -> Self {
        let mut read = BTreeMap::new();
        for (name, value) in object {
            let known = kind.credential_fields().iter().find(|field| field.name == name);
            match known {
                Some(field) => {
                    if let Some(secret) = fields.take(check(field, value)) {
                        read.insert(field.name, secret);
                    }
                }
                None => fields.push(wrong(&name, FieldCode::UnknownField, format!("is no credential of {kind}"))),
            }
        }
        Self(read)
    }
}

fn object(input: CredentialsInput) -> Result<serde_json::Map<String, Value>, Vec<FieldError>> {
    let error = match input.0 {
        Value::Object(object) if object.len() <= MAX_FIELDS => return Ok(object),
        Value::Object(_) => (FieldCode::TooLong, format!("must have at most {MAX_FIELDS} fields")),
        _ => (FieldCode::InvalidType, "must be an object".to_owned()),
    };
    Err(vec![FieldError::new("credentials", error.0, error.1)])
}

fn check(field: &CredentialField, value: Value) -> Result<SecretString, FieldError> {
    let wrong = |code, message: String| Err(wrong(field.name, code, message));
    let secret = match value {
        Value::String(text) => text,
        Value::Null => return wrong(FieldCode::Required, "must not be null".to_owned()),
        _ => return wrong(FieldCode::InvalidType, "must be a string".to_owned()),
    };
    if secret.is_empty() {
        return wrong(FieldCode::Required, "must not be empty".to_owned());
    }
    if secret.chars().count() > MAX_LENGTH {
        return wrong(FieldCode::TooLong, format!("must be at most {MAX_LENGTH} characters"));
    }
    if secret.chars().any(|c| text::is_forbidden(c, false)) {
        let message = "must not contain control, invisible or text-direction characters";
        return wrong(FieldCode::ForbiddenCharacter, message.to_owned());
    }
    // Anything else would never get through an HTTP header, or was pasted with its surroundings.
    if !secret.is_ascii() || secret.trim().len() != secret.len() {
        return wrong(FieldCode::Invalid, "must be plain ASCII without blanks at its ends".to_owned());
    }
    let begins = |prefix: &&str| secret.len() > prefix.len() && secret.starts_with(*prefix) && !secret.contains(' ');
    if !field.prefixes.is_empty() && !field.prefixes.iter().any(begins) {
        return wrong(FieldCode::Invalid, format!("must begin with {}", field.prefixes.join(" or ")));
    }
    Ok(SecretString::from(secret))
}

fn missing(field: &CredentialField) -> FieldError {
    wrong(field.name, FieldCode::Required, "is missing".to_owned())
}

fn wrong(name: &str, code: FieldCode, message: String) -> FieldError {
    FieldError::new(format!("credentials.{name}"), code, message)
}
