use auth::Session;
use chrono::{DateTime, Utc};
use kernel::{
    SessionId,
    page::{Direction, Key, KeyType, Page, Sort},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Listing, NoFilters, Pagination, SortField};

/// A signed-in session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionDto {
    id: Uuid,
    /// Where it was opened from.
    #[schema(required = true)]
    ip_address: Option<String>,
    /// With which program.
    #[schema(required = true)]
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
    /// Opened or last refreshed.
    last_activity_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    expires_at: DateTime<Utc>,
    /// Whether this very request belongs to it.
    current: bool,
}

impl SessionDto {
    /// As its owner or staff sees it; `current` is the session of the request.
    pub fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.uuid(),
            current: Some(session.id) == current,
            ip_address: session.ip.map(|ip| ip.to_string()),
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_activity_at: session.last_activity_at,
            expires_at: session.expires_at,
        }
    }
}

/// What sessions are listed by.
#[derive(Debug, Clone, Copy)]
pub enum SessionSort {
    /// When it was opened or last refreshed.
    LastActivityAt,
    /// When it was opened.
    CreatedAt,
}

impl SortField for SessionSort {
    const FIELDS: &'static [(&'static str, Self)] =
        &[("lastActivityAt", Self::LastActivityAt), ("createdAt", Self::CreatedAt)];

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::LastActivityAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        KeyType::Time
    }
}

/// A page of an account's active sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<SessionDto>,
    pagination: Pagination,
}

impl SessionList {
    /// A page of them; an account has a hundred at most. `current` is the session of the request.
    pub fn new(all: Vec<Session>, list: &Listing<NoFilters, SessionSort>, current: Option<SessionId>) -> Self {
        let page = Page::cut(all, &list.page, |session| {
            let at = match list.page.sort.field {
                SessionSort::LastActivityAt => session.last_activity_at,
                SessionSort::CreatedAt => session.created_at,
            };
            (Key::Time(at), session.id.uuid())
        });
        let (sessions, pagination) = list.answer(page, |session| SessionDto::new(session, current));
        Self { sessions, pagination }
    }
}
