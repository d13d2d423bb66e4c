//! Transactional mail: templates, delivery through a mailer port, and the log of what was sent to whom.
//!
//! This room is laid out and not built yet; README.md tells what it is for. Until it is, the events that
//! become mail wait in the outbox, and development shows them at `/dev/mailbox`.
#![deny(missing_docs)]
