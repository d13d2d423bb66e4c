use actix_web::web;
use email::{
    domain::{ByTime, NotificationFilter, NotificationStatus, Template},
    service::Notifications,
};
use kernel::{EmailAddress, TenantId, moment::FilterTime};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::NotificationDto;
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, access::admin};

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only with this status.
    #[param(value_type = Option<String>, example = "FAILED")]
    status: Option<NotificationStatus>,
    /// Only to this address.
    #[param(value_type = Option<String>, example = "jo@garage.example")]
    recipient: Option<EmailAddress>,
    /// Only from this template.
    #[param(value_type = Option<String>, example = "TENANT_WELCOME")]
    template: Option<Template>,
    /// Only about this tenant.
    #[param(value_type = Option<uuid::Uuid>)]
    tenant_id: Option<TenantId>,
    /// Created at this time or later: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>, example = "2026-01-01T00:00:00Z")]
    start_date: Option<FilterTime>,
    /// Created before this time: RFC 3339, or a day in UTC.
    #[param(value_type = Option<String>, example = "2026-02-01T00:00:00Z")]
    end_date: Option<FilterTime>,
}

impl Filters {
    fn to_filter(&self) -> NotificationFilter {
        NotificationFilter {
            status: self.status,
            recipient: self.recipient.clone(),
            template: self.template,
            tenant_id: self.tenant_id,
            from: self.start_date.map(|moment| moment.0),
            to: self.end_date.map(|moment| moment.0),
        }
    }
}

/// A page of the log of mail.
#[derive(Serialize, ToSchema)]
pub struct NotificationList {
    notifications: Vec<NotificationDto>,
    pagination: Pagination,
}

/// List messages
///
/// Every message from the commit of its cause on. Newest first unless `sort=createdAt`.
#[utoipa::path(
    get, path = "/admin/notifications", operation_id = "listNotifications", tag = "Notifications",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of messages", body = NotificationList))
)]
pub async fn handle(
    _: Require<admin::NotificationsRead>,
    list: Listing<Filters, ByTime>,
    log: web::Data<Notifications>,
) -> Result<Answer, Problem> {
    let page = log.list(&list.filters.to_filter(), &list.page).await?;
    let (notifications, pagination) = list.answer(page, NotificationDto::from);
    Answer::ok(&NotificationList { notifications, pagination })
}
