//! What this crate announces of members of staff. The subject is the member's id. Mail has events of its own, because their
//! payload is for one reader.

/// A member of staff was added. Payload: `role`.
pub const ADMIN_CREATED: &str = "auth.admin_created";
/// Fields of a member of staff changed. Payload: `fields`, their names.
pub const ADMIN_UPDATED: &str = "auth.admin_updated";
/// A member of staff is shut out. Payload: `role`.
pub const ADMIN_DEACTIVATED: &str = "auth.admin_deactivated";
/// A member of staff may sign in again. Payload: `role`.
pub const ADMIN_REACTIVATED: &str = "auth.admin_reactivated";
