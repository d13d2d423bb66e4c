//! What the tests of the mailers send.

use email::{
    domain::{Template, render, samples},
    mailer::Message,
};

/// An invoice to Jo of Jo's Garage.
pub fn message() -> Message {
    let brand = samples::brand();
    let content = render(&samples::mail(Template::Invoice), &brand).expect("a mail");
    let id = "0195f2a0-7c00-7000-8000-000000000001".parse().expect("an id");
    let to = "jo@example.com".parse().expect("an address");
    Message {
        tenant_id: Some("0195f2a0-7c00-7000-8000-0000000000aa".parse().expect("an id")),
        created_at: "2026-03-01T09:30:00Z".parse().expect("a time"),
        ..Message::new(id, &brand, to, Template::Invoice, content)
    }
}
