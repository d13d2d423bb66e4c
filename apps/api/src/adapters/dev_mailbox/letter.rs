//! What the messages say.

use kernel::outbox::{Event, HandlerError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{CapturedMessage, escape_html};

const WELCOME: &str = "auth.admin_welcome";
const RESET: &str = "auth.password_reset_link";
const INVITATION: &str = "auth.invitation_issued";

/// The events with a message for a person.
pub(super) const KINDS: [&str; 3] = [WELCOME, RESET, INVITATION];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    email: String,
    first_name: String,
    tenant_name: Option<String>,
    subdomain: Option<String>,
}

enum Reason {
    Welcome,
    Reset,
    Invitation,
}

/// A message that is not written yet.
pub(super) struct Letter {
    reason: Reason,
    facts: Facts,
}

/// Subject, the sentence in front of the link, the link, and what comes after.
struct Draft {
    subject: String,
    opening: String,
    link: Url,
    closing: String,
}

impl Letter {
    pub(super) fn read(kind: &str, payload: &Value) -> Result<Self, HandlerError> {
        let reason = match kind {
            WELCOME => Reason::Welcome,
            RESET => Reason::Reset,
            INVITATION => Reason::Invitation,
            _ => return Err("not an event with a message".into()),
        };
        Ok(Self { reason, facts: Facts::deserialize(payload)? })
    }

    pub(super) fn write(
        self,
        event: &Event,
        app_url: &str,
        secret: &SecretString,
    ) -> Result<CapturedMessage, HandlerError> {
        let draft = self.draft(app_url, secret.expose_secret())?;
        let name = &self.facts.first_name;
        let text = format!("Hello {name},\n\n{}\n\n{}\n\n{}\n", draft.opening, draft.link, draft.closing);
        let [hello, opening, link, closing] =
            [name.as_str(), &draft.opening, draft.link.as_str(), &draft.closing].map(escape_html);
        let html = format!(
            "<p>Hello {hello},</p><p>{opening}</p><p><a href=\"{link}\">{link}</a></p><p>{}</p>",
            closing.replace('\n', "<br>")
        );
        Ok(CapturedMessage {
            id: event.id.to_string(),
            to: self.facts.email,
            subject: draft.subject,
            text,
            html,
            created_at: event.occurred_at,
        })
    }

    fn draft(&self, app_url: &str, secret: &str) -> Result<Draft, HandlerError> {
        let where_to = self.facts.tenant_name.as_deref().unwrap_or("NextCRM");
        Ok(match self.reason {
            Reason::Welcome => Draft {
                subject: "Welcome to NextCRM".to_owned(),
                opening: "an account was made for you. Sign in here:".to_owned(),
                link: self.link(app_url, "login", None)?,
                closing: format!(
                    "Your temporary password is\n{secret}\nYou will be asked to change it when you first sign in."
                ),
            },
            Reason::Reset => Draft {
                subject: format!("Reset your {where_to} password"),
                opening: "somebody asked to reset your password. To set a new one, open this link within an hour:"
                    .to_owned(),
                link: self.link(app_url, "reset-password", Some(secret))?,
                closing: "If it was not you, do nothing: your password stays as it is.".to_owned(),
            },
            Reason::Invitation => Draft {
                subject: format!("You are invited to {where_to}"),
                opening: format!("you are invited to {where_to} on NextCRM. Set your password here:"),
                link: self.link(app_url, "accept-invitation", Some(secret))?,
                closing: "The link works once.".to_owned(),
            },
        })
    }

    /// `{app_url}/{page}?subdomain=...&token=...`.
    fn link(&self, app_url: &str, page: &str, token: Option<&str>) -> Result<Url, HandlerError> {
        let mut url = Url::parse(app_url)?;
        url.path_segments_mut().map_err(|()| "APP_URL cannot have a path")?.pop_if_empty().push(page);
        let query = [("subdomain", self.facts.subdomain.as_deref()), ("token", token)];
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url)
    }
}
