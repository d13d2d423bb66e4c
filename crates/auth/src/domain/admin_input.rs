//! What may be said of a member of staff: parsed once, so that services need not check again.

use kernel::{
    AdminRole, EmailAddress, FieldCode, FieldError,
    input::{Fields, Word as _},
    text,
};

use super::{AdminAccount, PersonalWords};

const MAX_NAME: usize = 100;
const MAX_PHONE: usize = 40;
const MAX_AVATAR: usize = 2048;

/// A new member of staff as a client wrote it.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewAdminInput {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// Name of a role.
    pub role: String,
    pub department: Option<String>,
    pub phone: Option<String>,
}

/// A new member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAdmin {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: EmailAddress,
    pub(crate) role: AdminRole,
    pub(crate) department: Option<String>,
    pub(crate) phone: Option<String>,
}

impl NewAdmin {
    /// Parses all fields.
    ///
    /// # Errors
    /// All that is wrong, by the fields' names on the wire.
    pub fn parse(input: &NewAdminInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let first_name = fields.take(name("firstName", &input.first_name));
        let last_name = fields.take(name("lastName", &input.last_name));
        let email = fields.take(EmailAddress::parse_as("email", &input.email));
        let role = fields.take(AdminRole::parse("role", &input.role));
        let department = fields.optional(input.department.as_deref(), department);
        let phone = fields.optional(input.phone.as_deref(), phone);
        let new = || {
            Some(Self { first_name: first_name?, last_name: last_name?, email: email?, role: role?, department, phone })
        };
        fields.finish(new())
    }

    /// What their password must not contain.
    #[must_use]
    pub fn personal_words(&self) -> PersonalWords {
        PersonalWords::of(&self.first_name, &self.last_name, &self.email)
    }
}

/// Changes to a member of staff as a client wrote them: `None` leaves a field, `Some(None)` clears it.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AdminPatchInput {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    /// Name of a role.
    pub role: Option<String>,
    pub department: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    /// `https` URL of a picture.
    pub avatar: Option<Option<String>>,
}

/// Changes to a member of staff.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AdminPatch {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<EmailAddress>,
    /// The new role, if it is to change.
    pub role: Option<AdminRole>,
    department: Option<Option<String>>,
    phone: Option<Option<String>>,
    avatar: Option<Option<String>>,
}

impl AdminPatch {
    /// Parses all fields that are there.
    ///
    /// # Errors
    /// All that is wrong, by the fields' names on the wire.
    pub fn parse(input: &AdminPatchInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let patch = Self {
            first_name: fields.optional(input.first_name.as_deref(), |text| name("firstName", text)),
            last_name: fields.optional(input.last_name.as_deref(), |text| name("lastName", text)),
            email: fields.optional(input.email.as_deref(), |text| EmailAddress::parse_as("email", text)),
            role: fields.optional(input.role.as_deref(), |text| AdminRole::parse("role", text)),
            department: fields.patch(given(&input.department), department),
            phone: fields.patch(given(&input.phone), phone),
            avatar: fields.patch(given(&input.avatar), avatar),
        };
        fields.finish(Some(patch))
    }

    /// The account with these changes.
    #[must_use]
    pub(crate) fn applied_to(self, before: &AdminAccount) -> AdminAccount {
        let mut after = before.clone();
        after.first_name = self.first_name.unwrap_or(after.first_name);
        after.last_name = self.last_name.unwrap_or(after.last_name);
        after.email = self.email.unwrap_or(after.email);
        after.role = self.role.unwrap_or(after.role);
        after.department = self.department.unwrap_or(after.department);
        after.phone = self.phone.unwrap_or(after.phone);
        after.avatar = self.avatar.unwrap_or(after.avatar);
        after
    }
}

fn given(input: &Option<Option<String>>) -> Option<Option<&str>> {
    input.as_ref().map(Option::as_deref)
}

fn name(field: &'static str, text: &str) -> Result<String, FieldError> {
    text::line(field, text, MAX_NAME)
}

fn department(text: &str) -> Result<String, FieldError> {
    text::line("department", text, MAX_NAME)
}

fn phone(text: &str) -> Result<String, FieldError> {
    let phone = text::line("phone", text, MAX_PHONE)?;
    let plain = phone.chars().all(|c| c.is_ascii_digit() || " +-()./x".contains(c));
    if plain && phone.chars().any(|c| c.is_ascii_digit()) {
        Ok(phone)
    } else {
        Err(FieldError::new("phone", FieldCode::Invalid, "must be a telephone number such as +61 3 9000 0000"))
    }
}

fn avatar(text: &str) -> Result<String, FieldError> {
    let url = text::line("avatar", text, MAX_AVATAR)?;
    let host = url.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if host.is_some_and(|host| !host.is_empty() && !host.contains('@')) && !url.contains(char::is_whitespace) {
        Ok(url)
    } else {
        Err(FieldError::new("avatar", FieldCode::Invalid, "must be an https URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> NewAdminInput {
        NewAdminInput {
            first_name: " Kim ".into(),
            last_name: "O'Hara".into(),
            email: "Kim@NextCRM.example".into(),
            role: "SUPPORT".into(),
            department: None,
            phone: Some("+61 3 9000 0000".into()),
        }
    }

    #[test]
    fn a_new_admin_is_parsed_once() {
        let admin = NewAdmin::parse(&input()).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!((admin.first_name.as_str(), admin.email.as_str()), ("Kim", "kim@nextcrm.example"));
        assert_eq!(admin.role, AdminRole::Support);
    }

    #[test]
    fn all_wrong_fields_are_named() {
        let input = NewAdminInput {
            first_name: "\u{202e}".into(),
            email: "x".into(),
            role: "BOSS".into(),
            phone: Some("call me".into()),
            ..input()
        };
        let errors = NewAdmin::parse(&input).err().unwrap_or_default();
        let named: Vec<_> = errors.iter().map(|error| (error.field.as_ref(), error.code.as_ref())).collect();
        let invalid = |field| (field, "INVALID");
        let expected = [("firstName", "FORBIDDEN_CHARACTER"), invalid("email"), invalid("role"), invalid("phone")];
        assert_eq!(named, expected);
    }

    #[test]
    fn an_avatar_is_fetched_by_browsers_and_so_must_be_https() {
        for bad in ["http://x.example/a.png", "javascript:alert(1)", "https://", "https://a@b.example/", "https://a b"]
        {
            let patch = AdminPatchInput { avatar: Some(Some(bad.into())), ..AdminPatchInput::default() };
            assert!(AdminPatch::parse(&patch).is_err(), "{bad}");
        }
        let patch = AdminPatchInput { avatar: Some(None), ..AdminPatchInput::default() };
        assert!(AdminPatch::parse(&patch).is_ok_and(|patch| patch.avatar == Some(None)));
    }
}
