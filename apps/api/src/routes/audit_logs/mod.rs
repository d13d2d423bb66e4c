//! The audit trail: search, summary, export, verification; of all, and of one workshop.

mod dto;
mod export;
mod filters;
mod list;
mod summary;
mod tenant_export;
mod tenant_list;
mod tenant_summary;
mod verify;

pub(super) use self::{dto::EntryDto, filters::Filters, list::AuditLogList};
use crate::{http::Routes, operation};

pub(super) fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(export))
        .add(operation!(summary))
        .add(operation!(verify))
        .add(operation!(tenant_list))
        .add(operation!(tenant_export))
        .add(operation!(tenant_summary));
}
