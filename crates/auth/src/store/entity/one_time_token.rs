use kernel::{Audience, StoreError, input::Word as _};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::domain::{AccountId, OneTimeToken};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) purpose: String,
    pub(crate) audience: String,
    pub(crate) tenant_id: Option<Uuid>,
    pub(crate) subject: Uuid,
    pub(crate) token_hash: String,
    pub(crate) bound_to: String,
    pub(crate) expires_at: DateTimeUtc,
    pub(crate) used_at: Option<DateTimeUtc>,
    pub(crate) revoked_at: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const ADMIN: &str = "ADMIN";
const TENANT: &str = "TENANT";

impl TryFrom<Model> for OneTimeToken {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self, StoreError> {
        let purpose = row.purpose.parse().map_err(|error| StoreError::corrupt("one_time_tokens.purpose", error))?;
        let subject = match (row.audience.as_str(), row.tenant_id) {
            (ADMIN, None) => AccountId::Admin(row.subject.into()),
            (TENANT, Some(tenant_id)) => AccountId::Tenant { tenant_id: tenant_id.into(), user_id: row.subject.into() },
            _ => return Err(StoreError::corrupt("one_time_tokens.audience", "does not fit the tenant")),
        };
        Ok(Self {
            id: row.id,
            purpose,
            subject,
            token_hash: row.token_hash,
            bound_to: row.bound_to,
            expires_at: row.expires_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
        })
    }
}

impl From<&OneTimeToken> for ActiveModel {
    fn from(token: &OneTimeToken) -> Self {
        let audience = match token.subject.audience() {
            Audience::Admin => ADMIN,
            Audience::Tenant => TENANT,
        };
        Self {
            id: Set(token.id),
            purpose: Set(token.purpose.as_str().to_owned()),
            audience: Set(audience.to_owned()),
            tenant_id: Set(token.subject.tenant_id().map(|id| id.uuid())),
            subject: Set(token.subject.id()),
            token_hash: Set(token.token_hash.clone()),
            bound_to: Set(token.bound_to.clone()),
            expires_at: Set(token.expires_at),
            used_at: Set(token.used_at),
            revoked_at: Set(token.revoked_at),
            created_at: Set(token.created_at),
        }
    }
}
