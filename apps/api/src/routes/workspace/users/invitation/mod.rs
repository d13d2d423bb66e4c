//! Invitations that are sent again or taken back.

pub(super) mod resend;
pub(super) mod revoke;
