use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx, input::Word as _};
use platform::Database;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockType},
};
use serde_json::Value;
use strum::ParseError;
use uuid::Uuid;

use super::entity::tenant_integrations::{ActiveModel, Column, Entity, Model};
use crate::{
    domain::{Integration, IntegrationName, IntegrationType, SealedText, WebhookUrl},
    repository::IntegrationRepository,
};

/// [`IntegrationRepository`] over the database.
#[derive(Debug, Clone)]
pub struct IntegrationStore(pub(super) Database);

impl IntegrationStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl IntegrationRepository for IntegrationStore {
    async fn find(&self, tenant: TenantId, kind: IntegrationType) -> Result<Option<Integration>, StoreError> {
        one(tenant, kind).one(self.0.reader()).await?.map(integration).transpose()
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<Integration>, StoreError> {
        // bound: one of each type
        let rows = of(tenant).order_by_asc(Column::Kind).all(self.0.reader()).await?;
        rows.into_iter().map(integration).collect()
    }

    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        kind: IntegrationType,
    ) -> Result<Option<Integration>, StoreError> {
        one(tenant, kind).lock(LockType::NoKeyUpdate).one(tx.executor()).await?.map(integration).transpose()
    }

    async fn insert_in(&self, tx: &mut Tx, integration: &Integration) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(integration.id),
            tenant_id: Set(integration.tenant_id.uuid()),
            kind: Set(integration.kind.as_str().to_owned()),
            created_at: Set(integration.created_at),
            ..changes(integration)
        };
        Entity::insert(row).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn update_in(&self, tx: &mut Tx, integration: &Integration, from_version: i64) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(changes(integration))
            .filter(Column::TenantId.eq(integration.tenant_id.uuid()))
            .filter(Column::Id.eq(integration.id))
            .filter(Column::Version.eq(from_version))
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }

    async fn note_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: Uuid,
        last_error: Option<String>,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastError, Expr::value(last_error))
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::Id.eq(id))
            .exec(tx.executor())
            .await?;
        Ok(())
    }
}

fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.uuid()))
}

fn one(tenant: TenantId, kind: IntegrationType) -> Select<Entity> {
    of(tenant).filter(Column::Kind.eq(kind.as_str()))
}

/// What can change of a connection. When data came through it is noted apart, so that it never bumps the version.
fn changes(integration: &Integration) -> ActiveModel {
    ActiveModel {
        id: NotSet,
        tenant_id: NotSet,
        kind: NotSet,
        name: Set(integration.name.as_str().to_owned()),
        credentials: Set(credentials_column(integration)),
        webhook_url: Set(integration.webhook_url.as_ref().map(|url| url.as_str().to_owned())),
        signing_secret: Set(signing_secret_column(integration)),
        is_active: Set(integration.is_active),
        last_synced_at: NotSet,
        last_error: Set(integration.last_error.clone()),
        quarantined_at: Set(integration.quarantined_at),
        version: Set(integration.version),
        created_at: NotSet,
        updated_at: Set(integration.updated_at),
    }
}

pub(super) fn credentials_column(integration: &Integration) -> Value {
    integration.credentials.iter().map(|(field, text)| (field.clone(), Value::from(text.as_str()))).collect()
}

pub(super) fn signing_secret_column(integration: &Integration) -> Option<String> {
    integration.signing_secret.as_ref().map(|text| text.as_str().to_owned())
}

pub(super) fn integration(row: Model) -> Result<Integration, StoreError> {
    Ok(Integration {
        id: row.id,
        tenant_id: row.tenant_id.into(),
        kind: row.kind.parse().map_err(|error: ParseError| StoreError::corrupt("tenant_integrations.type", error))?,
        name: IntegrationName::trusted(row.name),
        credentials: credentials(row.credentials),
        webhook_url: row.webhook_url.map(WebhookUrl::trusted),
        signing_secret: row.signing_secret.map(Into::into),
        is_active: row.is_active,
        last_synced_at: row.last_synced_at,
        last_error: row.last_error,
        quarantined_at: row.quarantined_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Whatever stands there: what was never sealed does not open, and that is told of this one row, not of the whole list.
fn credentials(column: Value) -> BTreeMap<String, SealedText> {
    let Value::Object(fields) = column else { return BTreeMap::new() };
    let text = |value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    fields.into_iter().map(|(field, value)| (field, text(value).into())).collect()
}
