use actix_web::{FromRequest, HttpRequest, dev, web};
use auth::AuthConfig;
use kernel::PrincipalKind;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::Config,
    http::{
        Answer, Problem,
        cookie::{self, SetCookie},
    },
};

/// The refresh cookies: reads what the client sent, and writes what it gets.
pub struct RefreshCookie {
    request: HttpRequest,
    max_age: std::time::Duration,
    secure: bool,
}

const fn name_of(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Admin => "refreshToken",
        PrincipalKind::Tenant => "tenantRefreshToken",
    }
}

impl RefreshCookie {
    /// The refresh token that the client sent.
    pub fn read(&self, kind: PrincipalKind) -> Option<&str> {
        cookie::read(&self.request, name_of(kind)).filter(|token| !token.is_empty())
    }

    /// The answer with a new refresh token.
    pub fn give(&self, answer: Answer, kind: PrincipalKind, token: &SecretString) -> Answer {
        let (name, value) = (name_of(kind), token.expose_secret());
        answer.cookie(&SetCookie { name, value, max_age: self.max_age, secure: self.secure })
    }

    /// The answer that deletes the client's cookie.
    pub fn take(&self, answer: Answer, kind: PrincipalKind) -> Answer {
        answer.cookie(&SetCookie::deleted(name_of(kind), self.secure))
    }
}

impl FromRequest for RefreshCookie {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let config = request.app_data::<web::Data<Config>>();
        let auth = request.app_data::<web::Data<AuthConfig>>();
        std::future::ready(match (config, auth) {
            (Some(config), Some(auth)) => Ok(Self {
                request: request.clone(),
                max_age: auth.idle_life,
                secure: !config.environment.is_development(),
            }),
            _ => Err(Problem::internal("the application has no configuration").into()),
        })
    }
}
