use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// A reset link's token, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPasswordBody {
    #[schema(value_type = String)]
    pub token: SecretString,
    /// 8 to 128 bytes; upper and lower case, a digit and a special character, or 15 characters and more of any kind.
    #[schema(value_type = String, format = Password)]
    pub new_password: SecretString,
}

/// One's current password, and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePasswordBody {
    #[schema(value_type = String, format = Password)]
    pub current_password: SecretString,
    /// 8 to 128 bytes; upper and lower case, a digit and a special character, or 15 characters and more of any kind.
    #[schema(value_type = String, format = Password)]
    pub new_password: SecretString,
}
