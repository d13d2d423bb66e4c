//! Every variable: its default, its form, and what production asks of it.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use ipnet::IpNet;
use kernel::{EmailAddress, OsEntropy, sealed::KeyRing};
use platform::DatabaseOptions;
use secrecy::SecretString;
use url::Url;

use super::{
    ClientIpHeader, Config, ConfigProblem, ConfigProblems, Environment, HttpConfig, LogFormat, Secrets, Variables,
};

/// Fewest bytes of a secret.
const MIN_SECRET: usize = 32;
/// Variables whose values must all differ in production.
const SECRETS: [&str; 6] = [
    "JWT_SECRET",
    "REFRESH_TOKEN_SECRET",
    "ENCRYPTION_KEYS",
    "AUDIT_OLD_SECRETS",
    "METRICS_TOKEN",
    "RESEND_WEBHOOK_SECRET",
];
const SECRET_EXAMPLE: &str = "the output of: openssl rand -base64 32";

pub(super) fn load(variables: &Variables) -> Result<Config, ConfigProblems> {
    let mut reader = Reader { variables, problems: Vec::new() };
    let environment = reader.environment();
    let bind_addr = reader.bind_addr(environment);
    let data_dir = PathBuf::from(variables.get("DATA_DIR").unwrap_or("data"));
    let app_url = reader.base_url("APP_URL", environment, "http://localhost:3000");
    let support_email = reader.support_email();
    let config = Config {
        environment,
        bind_addr,
        database_url: reader.database_url(environment, &data_dir),
        workers: cores(),
        database_max_connections: reader.number("DATABASE_MAX_CONNECTIONS", 16, 2, 1000),
        data_dir,
        demo_data: reader.demo_data(environment),
        secrets: reader.secrets(environment),
        public_url: reader.base_url("PUBLIC_URL", environment, &format!("http://{bind_addr}")),
        mail: reader.mail(environment, &app_url, &support_email),
        app_url,
        support_email,
        http: HttpConfig {
            body_limit: reader.number("BODY_LIMIT_BYTES", 1024 * 1024, 1024, 64 * 1024 * 1024),
            request_timeout: Duration::from_secs(reader.number("REQUEST_TIMEOUT_SECS", 30, 1, 600)),
            trusted_proxies: reader.trusted_proxies(environment),
            client_ip_header: reader.client_ip_header(),
            cors_origins: reader.cors_origins(environment),
        },
        outbound: reader.outbound(environment),
        capricorn: reader.capricorn(environment),
        hash_concurrency: reader.number("HASH_CONCURRENCY", cores(), 1, 256),
        metrics_token: reader.metrics_token(environment),
        log_format: reader.log_format(environment),
        log_filter: reader.log_filter(),
    };
    if reader.problems.is_empty() { Ok(config) } else { Err(ConfigProblems(reader.problems)) }
}

pub(super) fn environment(variables: &Variables) -> Result<Environment, ConfigProblems> {
    let mut reader = Reader { variables, problems: Vec::new() };
    let environment = reader.environment();
    if reader.problems.is_empty() { Ok(environment) } else { Err(ConfigProblems(reader.problems)) }
}

/// One core stays free for everything else.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

pub(super) struct Reader<'a> {
    pub(super) variables: &'a Variables,
    problems: Vec<ConfigProblem>,
}

impl Reader<'_> {
    pub(super) fn wrong(&mut self, name: &str, wrong: impl Into<String>, example: impl Into<String>) {
        self.problems.push(ConfigProblem::new(name, wrong, example));
    }

    fn bind_addr(&mut self, environment: Environment) -> SocketAddr {
        let default = SocketAddr::from(([127, 0, 0, 1], 8080));
        let allow_remote = self.flag("DEV_ALLOW_REMOTE", false);
        match self.variables.get("BIND_ADDR").map(str::parse::<SocketAddr>) {
            None => default,
            Some(Ok(address)) => {
                let is_remote = !address.ip().to_canonical().is_loopback();
                if environment.is_development() && is_remote && !allow_remote {
                    let wrong = "lets other machines in, and in development whoever reaches the server can read every mail at \
                        /dev/mailbox, password resets among them. For a real installation set APP_ENV=production; to \
                        develop over a network that you trust, DEV_ALLOW_REMOTE=true";
                    self.wrong("BIND_ADDR", wrong, "BIND_ADDR=127.0.0.1:8080");
                }
                address
            }
            Some(Err(_)) => {
                self.wrong("BIND_ADDR", "must be ADDRESS:PORT", "BIND_ADDR=0.0.0.0:8080");
                default
            }
        }
    }

    fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.variables.get(name) {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(_) => {
                self.wrong(name, "must be true or false", format!("{name}={default}"));
                false
            }
        }
    }

    pub(super) fn number<T>(&mut self, name: &str, default: T, least: T, most: T) -> T
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let Some(text) = self.variables.get(name) else { return default };
        match text.parse::<T>() {
            Ok(value) if value >= least && value <= most => value,
            _ => {
                self.wrong(name, format!("must be a whole number, {least} to {most}"), format!("{name}={default}"));
                default
            }
        }
    }

    fn environment(&mut self) -> Environment {
        match self.variables.get("APP_ENV") {
            None | Some("development") => Environment::Development,
            Some("production") => Environment::Production,
            Some("test") => Environment::Test,
            Some(_) => {
                self.wrong("APP_ENV", "must be development, production or test", "APP_ENV=production");
                Environment::Production
            }
        }
    }

    fn database_url(&mut self, environment: Environment, data_dir: &std::path::Path) -> SecretString {
        const EXAMPLE: &str = "DATABASE_URL=postgres://nextcrm:PASSWORD@db:5432/nextcrm";
        let default = format!("sqlite://{}", data_dir.join("nextcrm.db").display());
        let url = self.variables.get("DATABASE_URL").unwrap_or(&default).to_owned();
        if DatabaseOptions::new(&url).engine().is_none() {
            self.wrong("DATABASE_URL", "must start with sqlite:// or postgres://", EXAMPLE);
        }
        let in_memory = url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory"));
        if in_memory && environment.is_production() {
            self.wrong("DATABASE_URL", "is a database in memory, which production would lose at the end", EXAMPLE);
        }
        SecretString::from(url)
    }

    fn demo_data(&mut self, environment: Environment) -> bool {
        let demo_data = self.flag("DEMO_DATA", environment.is_development());
        if demo_data && !environment.is_development() {
            self.wrong("DEMO_DATA", "is for development only", "DEMO_DATA=false");
        }
        demo_data
    }

    fn secrets(&mut self, environment: Environment) -> Secrets {
        let jwt = self.secret("JWT_SECRET");
        let refresh_token = self.secret("REFRESH_TOKEN_SECRET");
        let encryption_keys = self.encryption_keys();
        if environment.is_production() {
            self.distinct();
        }
        let secret = |text: String| SecretString::from(text);
        let audit_old =
            self.variables.get("AUDIT_OLD_SECRETS").is_some().then(|| secret(self.secret("AUDIT_OLD_SECRETS")));
        Secrets {
            jwt: secret(jwt),
            refresh_token: secret(refresh_token),
            audit_old,
            encryption_keys: secret(encryption_keys),
        }
    }

    /// One or more roots in base64, the newest first.
    fn secret(&mut self, name: &str) -> String {
        let example = format!("{name}=<{SECRET_EXAMPLE}>");
        let Some(text) = self.variables.get(name) else {
            self.wrong(name, "is missing", example);
            return String::new();
        };
        for entry in text.split(',') {
            match BASE64_STANDARD.decode(entry.trim()) {
                Err(_) => self.wrong(name, "must be base64", example.clone()),
                Ok(bytes) if bytes.len() < MIN_SECRET => {
                    self.wrong(name, format!("must be at least {MIN_SECRET} bytes, as base64"), example.clone());
                }
                Ok(bytes) if looks_default(&bytes) => {
                    self.wrong(name, "is no random value", example.clone());
                }
                Ok(_) => {}
            }
        }
        text.to_owned()
    }

    fn encryption_keys(&mut self) -> String {
        const NAME: &str = "ENCRYPTION_KEYS";
        let example = format!("{NAME}=k1:<{SECRET_EXAMPLE}>");
        let Some(text) = self.variables.get(NAME) else {
            self.wrong(NAME, "is missing", example);
            return String::new();
        };
        if let Err(error) = KeyRing::parse(text, OsEntropy) {
            self.wrong(NAME, error.to_string(), example.clone());
        }
        let keys = text.split(',').filter_map(|entry| entry.split_once(':'));
        if keys.filter_map(|(_, key)| BASE64_STANDARD.decode(key.trim()).ok()).any(|key| looks_default(&key)) {
            self.wrong(NAME, "holds a key that is no random value", example);
        }
        text.to_owned()
    }

    /// No key may serve two purposes, however it is written.
    fn distinct(&mut self) {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for name in SECRETS {
            let text = self.variables.get(name).unwrap_or_default();
            // What is missing is told as such, not as equal to another missing one.
            let keys = text.split(',').map(key_of).filter(|key| !key.is_empty());
            let keys: Vec<Vec<u8>> = keys.collect();
            if keys.iter().any(|key| seen.contains(key)) {
                self.wrong(name, "is the same as another secret", format!("{name}=<{SECRET_EXAMPLE}>"));
            }
            seen.extend(keys);
        }
    }

    fn base_url(&mut self, name: &str, environment: Environment, default: &str) -> String {
        let example = format!("{name}=https://crm.example.com");
        if environment.is_production() && self.variables.get(name).is_none() {
            self.wrong(name, "is missing", example);
            return default.to_owned();
        }
        let text = self.variables.get(name).unwrap_or(default);
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() => {
                if environment.is_production() && url.scheme() == "http" {
                    self.wrong(name, "must begin with https:// in production", example);
                }
            }
            _ => self.wrong(name, "must be an address such as https://crm.example.com", example),
        }
        text.trim_end_matches('/').to_owned()
    }

    fn support_email(&mut self) -> String {
        const NAME: &str = "SUPPORT_EMAIL";
        let text = self.variables.get(NAME).unwrap_or("support@nextcrm.localhost");
        if text.parse::<EmailAddress>().is_err() {
            self.wrong(NAME, "must be a mail address", "SUPPORT_EMAIL=support@example.com");
        }
        text.to_owned()
    }

    fn trusted_proxies(&mut self, environment: Environment) -> Vec<IpNet> {
        const NAME: &str = "TRUSTED_PROXIES";
        const EXAMPLE: &str = "TRUSTED_PROXIES=10.0.0.0/8,127.0.0.1";
        let nets = self.networks(NAME, EXAMPLE);
        // However they are cut up, together they may not be everybody.
        let is_all = IpNet::aggregate(&nets).iter().any(|net| net.prefix_len() == 0);
        if is_all && environment.is_production() {
            let wrong = "names all addresses: then every client could choose the address that it is taken for";
            self.wrong(NAME, wrong, EXAMPLE);
        }
        nets
    }

    /// Networks or single addresses, separated by commas.
    pub(super) fn networks(&mut self, name: &str, example: &str) -> Vec<IpNet> {
        let entries = list(self.variables.get(name));
        let nets = entries.iter().filter_map(|entry| {
            let address = entry.parse::<std::net::IpAddr>().ok().map(IpNet::from);
            entry.parse::<IpNet>().ok().or(address)
        });
        let nets: Vec<IpNet> = nets.collect();
        if nets.len() != entries.len() {
            self.wrong(name, "must be networks, separated by commas", example);
        }
        // Addresses are compared in their shortest form: such a network would hold none.
        if nets.iter().any(|net| net.addr().to_canonical() != net.addr()) {
            self.wrong(name, "must write IPv4 networks as such, not as ::ffff:a.b.c.d", example);
        }
        nets
    }

    fn client_ip_header(&mut self) -> ClientIpHeader {
        const NAME: &str = "CLIENT_IP_HEADER";
        match self.variables.get(NAME).map(str::to_ascii_lowercase).as_deref() {
            None | Some("x-forwarded-for") => ClientIpHeader::XForwardedFor,
            Some("forwarded") => ClientIpHeader::Forwarded,
            Some(_) => {
                self.wrong(NAME, "must be x-forwarded-for or forwarded", format!("{NAME}=x-forwarded-for"));
                ClientIpHeader::XForwardedFor
            }
        }
    }

    fn cors_origins(&mut self, environment: Environment) -> Vec<String> {
        const NAME: &str = "CORS_ORIGINS";
        const EXAMPLE: &str = "CORS_ORIGINS=https://app.example.com,https://admin.example.com";
        let default = if environment.is_development() { Some("http://localhost:3000") } else { None };
        let origins = list(self.variables.get(NAME).or(default));
        for origin in &origins {
            if origin.contains('*') {
                self.wrong(NAME, "must list every origin; * would let any site act for a signed-in user", EXAMPLE);
            } else if Url::parse(origin).map(|url| url.origin().ascii_serialization()).ok().as_ref() != Some(origin) {
                self.wrong(NAME, "must be origins (scheme://host[:port], no path), separated by commas", EXAMPLE);
            } else if environment.is_production() && !origin.starts_with("https://") {
                self.wrong(NAME, "must be https:// origins in production", EXAMPLE);
            }
        }
        origins
    }

    fn metrics_token(&mut self, environment: Environment) -> Option<SecretString> {
        const NAME: &str = "METRICS_TOKEN";
        let token = self.variables.get(NAME)?;
        if token.len() < 16 && environment.is_production() {
            self.wrong(NAME, "must be at least 16 characters", format!("{NAME}=<{SECRET_EXAMPLE}>"));
        }
        Some(SecretString::from(token))
    }

    fn log_format(&mut self, environment: Environment) -> LogFormat {
        match self.variables.get("LOG_FORMAT") {
            None if environment.is_production() => LogFormat::Json,
            None | Some("pretty") => LogFormat::Pretty,
            Some("json") => LogFormat::Json,
            Some(_) => {
                self.wrong("LOG_FORMAT", "must be pretty or json", "LOG_FORMAT=json");
                LogFormat::Pretty
            }
        }
    }

    fn log_filter(&mut self) -> String {
        let text = self
            .variables
            .get("RUST_LOG")
            .unwrap_or("info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,actix_server=warn")
            .to_owned();
        if tracing_subscriber::EnvFilter::try_new(&text).is_err() {
            self.wrong("RUST_LOG", "is no log filter", "RUST_LOG=info,nextcrm=debug");
        }
        text
    }
}

/// The bytes of a secret: what its base64 says, with or without padding, or else the text itself. Names of keys and
/// Resend's prefix are no part of it.
fn key_of(entry: &str) -> Vec<u8> {
    let text = entry.rsplit(':').next().unwrap_or(entry).trim();
    let text = text.strip_prefix("whsec_").unwrap_or(text).trim_end_matches('=');
    let decoded = BASE64_STANDARD_NO_PAD.decode(text).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(text));
    decoded.unwrap_or_else(|_| text.as_bytes().to_vec())
}

fn list(text: Option<&str>) -> Vec<String> {
    let entries = text.unwrap_or_default().split(',').map(str::trim);
    entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

/// Values that nobody drew at random: few different bytes, a countable row, or words of an example.
fn looks_default(bytes: &[u8]) -> bool {
    let distinct = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    let counts = bytes.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let words = ["change", "secret", "example", "default", "password", "nextcrm"];
    distinct < 8 || counts || words.iter().any(|word| text.contains(word))
}
