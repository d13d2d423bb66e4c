//! How mail is sent, and how it looks.

use std::num::NonZeroU32;

use email::{
    domain::{Brand, Color},
    mailer::SmtpUrl,
    webhook::ResendWebhook,
};
use kernel::EmailAddress;
use secrecy::SecretString;
use url::Url;

use super::{Environment, load::Reader};

/// Who carries mail, how fast, and how it looks.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// MAILER and what belongs to it.
    pub mailer: MailerConfig,
    /// MAIL_CONCURRENCY: messages on their way at once.
    pub concurrency: usize,
    /// MAIL_RATE_PER_SECOND: most messages a second, by one process.
    pub per_second: NonZeroU32,
    /// RESEND_WEBHOOK_SECRET; without one the webhook is not there.
    pub webhook_secret: Option<SecretString>,
    /// BRAND_NAME, BRAND_COLOR, BRAND_LOGO_URL, MAIL_FROM_EMAIL or RESEND_FROM_EMAIL, SUPPORT_EMAIL, APP_URL.
    pub brand: Brand,
}

/// Who carries mail.
#[derive(Debug, Clone)]
pub enum MailerConfig {
    /// Nobody: it is kept under DATA_DIR and shown at `/dev/mailbox`.
    Capture,
    /// Resend's HTTP API.
    Resend {
        /// RESEND_API_URL.
        api_url: Url,
        /// RESEND_API_KEY.
        api_key: SecretString,
    },
    /// An SMTP server.
    Smtp {
        /// SMTP_URL; holds a password.
        url: SecretString,
    },
}

const RESEND: &str = "https://api.resend.com";
const FALLBACK: &str = "no-reply@nextcrm.localhost";

impl Reader<'_> {
    pub(super) fn mail(&mut self, environment: Environment, app_url: &str, support: &str) -> MailConfig {
        let mailer = self.mailer(environment);
        // Resend lets two requests a second through unless asked for more; a mail server is not to be hurried either.
        let default_rate = match mailer {
            MailerConfig::Resend { .. } => 2,
            MailerConfig::Smtp { .. } => 20,
            MailerConfig::Capture => 1_000,
        };
        let (sender_name, sender) = self.sender(&mailer, environment);
        let brand = Brand {
            name: self.brand_name(),
            sender,
            sender_name,
            support: support.parse().unwrap_or_else(|_| fallback()),
            color: self.brand_color(),
            logo: self.brand_logo(environment),
            app_url: Url::parse(app_url).unwrap_or_else(|_| local()),
        };
        MailConfig {
            mailer,
            concurrency: self.number("MAIL_CONCURRENCY", 8, 1, 256),
            per_second: NonZeroU32::new(self.number("MAIL_RATE_PER_SECOND", default_rate, 1, 10_000))
                .unwrap_or(NonZeroU32::MIN),
            webhook_secret: self.webhook_secret(),
            brand,
        }
    }

    fn mailer(&mut self, environment: Environment) -> MailerConfig {
        const EXAMPLE: &str = "MAILER=resend";
        match self.variables.get("MAILER") {
            None if environment.is_production() => {
                self.wrong("MAILER", "is missing: resend or smtp", EXAMPLE);
                MailerConfig::Capture
            }
            None => MailerConfig::Capture,
            Some("capture") => {
                if environment.is_production() {
                    self.wrong("MAILER", "must be resend or smtp in production: capture sends nothing", EXAMPLE);
                }
                MailerConfig::Capture
            }
            Some("resend") => self.resend(environment),
            Some("smtp") => self.smtp(environment),
            Some(_) => {
                self.wrong("MAILER", "must be capture, resend or smtp", EXAMPLE);
                MailerConfig::Capture
            }
        }
    }

    fn resend(&mut self, environment: Environment) -> MailerConfig {
        if self.variables.get("RESEND_API_KEY").is_none() {
            self.wrong("RESEND_API_KEY", "is missing, and MAILER=resend needs it", "RESEND_API_KEY=re_...");
        }
        let api_key = SecretString::from(self.variables.get("RESEND_API_KEY").unwrap_or_default());
        let example = format!("RESEND_API_URL={RESEND}");
        let api_url = self.variables.get("RESEND_API_URL").unwrap_or(RESEND);
        let api_url = match Url::parse(api_url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                if environment.is_production() && url.scheme() == "http" {
                    self.wrong("RESEND_API_URL", "must begin with https:// in production", example);
                }
                url
            }
            _ => {
                self.wrong("RESEND_API_URL", "must be an address", example);
                local()
            }
        };
        MailerConfig::Resend { api_url, api_key }
    }

    fn smtp(&mut self, environment: Environment) -> MailerConfig {
        const EXAMPLE: &str = "SMTP_URL=smtps://user:password@mail.example.com:465";
        let Some(text) = self.variables.get("SMTP_URL") else {
            self.wrong("SMTP_URL", "is missing, and MAILER=smtp needs it", EXAMPLE);
            return MailerConfig::Capture;
        };
        match text.parse::<SmtpUrl>() {
            Err(error) => self.wrong("SMTP_URL", error.to_string(), EXAMPLE),
            Ok(url) if environment.is_production() && !url.is_encrypted() => {
                self.wrong("SMTP_URL", "must be smtps:// or end in ?tls=required in production", EXAMPLE);
            }
            Ok(_) => {}
        }
        MailerConfig::Smtp { url: SecretString::from(text) }
    }

    /// An address, or a name and an address: `NextCRM <no-reply@crm.example.com>`.
    fn sender(&mut self, mailer: &MailerConfig, environment: Environment) -> (Option<String>, EmailAddress) {
        let name = match mailer {
            MailerConfig::Resend { .. } => "RESEND_FROM_EMAIL",
            MailerConfig::Smtp { .. } | MailerConfig::Capture => "MAIL_FROM_EMAIL",
        };
        let needed = match mailer {
            MailerConfig::Resend { .. } => true,
            MailerConfig::Smtp { .. } => environment.is_production(),
            MailerConfig::Capture => false,
        };
        let example = format!("{name}=no-reply@crm.example.com");
        match self.variables.get(name).map(name_and_address) {
            Some(Some(sender)) => sender,
            Some(None) => {
                self.wrong(name, "must be a mail address, alone or as `Name <address>`", example);
                (None, fallback())
            }
            None => {
                if needed {
                    self.wrong(name, "is missing: the address that mail comes from", example);
                }
                (None, fallback())
            }
        }
    }

    fn webhook_secret(&mut self) -> Option<SecretString> {
        const NAME: &str = "RESEND_WEBHOOK_SECRET";
        let secret = SecretString::from(self.variables.get(NAME)?);
        if let Err(error) = ResendWebhook::new(&secret) {
            self.wrong(NAME, error.to_string(), "RESEND_WEBHOOK_SECRET=whsec_...");
        }
        Some(secret)
    }

    fn brand_name(&mut self) -> String {
        let name = self.variables.get("BRAND_NAME").unwrap_or("NextCRM");
        match kernel::text::line("BRAND_NAME", name, 60) {
            Ok(name) => name,
            Err(error) => {
                self.wrong("BRAND_NAME", error.message, "BRAND_NAME=NextCRM");
                name.to_owned()
            }
        }
    }

    fn brand_color(&mut self) -> Color {
        let Some(text) = self.variables.get("BRAND_COLOR") else { return Color::default() };
        text.parse().unwrap_or_else(|error: email::domain::InvalidColor| {
            self.wrong("BRAND_COLOR", error.to_string(), "BRAND_COLOR=#1d4ed8");
            Color::default()
        })
    }

    fn brand_logo(&mut self, environment: Environment) -> Option<Url> {
        const NAME: &str = "BRAND_LOGO_URL";
        const EXAMPLE: &str = "BRAND_LOGO_URL=https://crm.example.com/logo.png";
        let text = self.variables.get(NAME)?;
        match Url::parse(text) {
            Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && !environment.is_production()) => Some(url),
            _ => {
                self.wrong(NAME, "must be the https:// address of a picture", EXAMPLE);
                None
            }
        }
    }
}

/// Takes `address` or `Name <address>` apart; the name may be in quotation marks.
fn name_and_address(text: &str) -> Option<(Option<String>, EmailAddress)> {
    let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) else {
        return Some((None, text.parse().ok()?));
    };
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let name = if name.is_empty() { None } else { Some(kernel::text::line("name", name, 60).ok()?) };
    Some((name, address.parse().ok()?))
}

/// Stands in where a problem was noted, or for a sender that nobody answers.
#[expect(clippy::expect_used, reason = "a constant")]
fn fallback() -> EmailAddress {
    FALLBACK.parse().expect("a constant address")
}

#[expect(clippy::expect_used, reason = "a constant")]
fn local() -> Url {
    Url::parse("http://localhost").expect("a constant address")
}
