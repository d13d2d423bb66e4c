use auth::Session;
use chrono::{DateTime, Utc};
use kernel::SessionId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::Pagination;

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
    pub fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id.uuid(),
            current: session.id == current,
            ip_address: session.ip.map(|ip| ip.to_string()),
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_activity_at: session.last_activity_at,
            expires_at: session.expires_at,
        }
    }
}

/// The active sessions of an account, the latest activity first.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<SessionDto>,
    pagination: Pagination,
}

impl SessionList {
    /// All of them on one page.
    pub fn new(sessions: Vec<Session>, current: SessionId) -> Self {
        let sessions: Vec<_> = sessions.into_iter().map(|session| SessionDto::new(session, current)).collect();
        let total = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
        let pagination = Pagination { total, limit: crate::http::MAX_LIMIT, offset: 0, next_cursor: None };
        Self { sessions, pagination }
    }
}
