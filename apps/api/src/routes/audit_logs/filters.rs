use audit::{AuditFilter, AuditSort, ExportFormat};
use kernel::{
    AdminId, FieldCode, TenantId, TenantScope,
    moment::FilterTime,
    page::{Direction, KeyType, Sort},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::{Problem, SortField};

impl SortField for AuditSort {
    const FIELDS: &'static [(&'static str, Self)] = &[("createdAt", Self::CreatedAt)];

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        KeyType::Time
    }
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only entries of this tenant; below a tenant's path only its own id.
    #[param(value_type = Option<uuid::Uuid>)]
    tenant_id: Option<TenantId>,
    /// Only actions of this member of staff.
    #[param(value_type = Option<uuid::Uuid>)]
    admin_user_id: Option<AdminId>,
    /// Only this action.
    #[param(example = "TENANT_CREATED")]
    action: Option<String>,
    /// Only on this kind of resource.
    #[param(example = "tenant")]
    resource: Option<String>,
    /// Only on this resource.
    resource_id: Option<String>,
    /// Only with this HTTP status.
    #[param(example = 201)]
    status_code: Option<u16>,
    /// At this time or later: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>, example = "2026-01-01T00:00:00Z")]
    start_date: Option<FilterTime>,
    /// Before this time: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>, example = "2026-02-01T00:00:00Z")]
    end_date: Option<FilterTime>,
}

impl Filters {
    /// Of these tenants.
    pub(super) fn to_filter(&self, tenants: TenantScope) -> Result<AuditFilter, Problem> {
        let tenant_id = match tenants {
            TenantScope::All => self.tenant_id,
            TenantScope::Only(tenant) if self.tenant_id.is_none_or(|it| it == tenant) => Some(tenant),
            TenantScope::Only(_) => {
                let detail = "must be the workshop of the path, or left out";
                return Err(Problem::field("tenantId", FieldCode::Invalid, detail));
            }
        };
        Ok(AuditFilter {
            tenant_id,
            admin_id: self.admin_user_id,
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_id: self.resource_id.clone(),
            status_code: self.status_code,
            from: self.start_date.map(|moment| moment.0),
            to: self.end_date.map(|moment| moment.0),
        })
    }
}

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormatDto {
    /// Comma-separated values, safe to open in a spreadsheet.
    #[default]
    Csv,
    /// JSON Lines with everything that `nextcrm audit verify --file` needs.
    Jsonl,
}

impl From<FormatDto> for ExportFormat {
    fn from(format: FormatDto) -> Self {
        match format {
            FormatDto::Csv => Self::Csv,
            FormatDto::Jsonl => Self::JsonLines,
        }
    }
}

/// Which entries, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ExportFilters {
    /// The format.
    #[serde(default)]
    #[param(value_type = Option<FormatDto>, inline, default = "csv")]
    format: FormatDto,
    /// Only entries of this tenant; below a tenant's path only its own id.
    #[param(value_type = Option<uuid::Uuid>)]
    tenant_id: Option<TenantId>,
    /// Only actions of this member of staff.
    #[param(value_type = Option<uuid::Uuid>)]
    admin_user_id: Option<AdminId>,
    /// Only this action.
    action: Option<String>,
    /// Only on this kind of resource.
    resource: Option<String>,
    /// Only on this resource.
    resource_id: Option<String>,
    /// Only with this HTTP status.
    status_code: Option<u16>,
    /// At this time or later: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>)]
    start_date: Option<FilterTime>,
    /// Before this time: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>)]
    end_date: Option<FilterTime>,
}

impl ExportFilters {
    /// Taken apart, because a flattened struct would let unknown parameters through.
    pub(super) fn split(self) -> (Filters, ExportFormat) {
        let filters = Filters {
            tenant_id: self.tenant_id,
            admin_user_id: self.admin_user_id,
            action: self.action,
            resource: self.resource,
            resource_id: self.resource_id,
            status_code: self.status_code,
            start_date: self.start_date,
            end_date: self.end_date,
        };
        (filters, self.format.into())
    }
}
