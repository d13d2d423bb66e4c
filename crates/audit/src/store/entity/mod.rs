pub(super) mod admin_audit_log;
pub(super) mod audit_archives;
pub(super) mod audit_identity;
pub(super) mod audit_person_keys;
