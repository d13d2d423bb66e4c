use std::marker::PhantomData;

use actix_web::{FromRequest, HttpRequest, dev, web};
use auth::AuthConfig;
use kernel::Audience;
use secrecy::{ExposeSecret, SecretString};

use super::SignInAudience;
use crate::{
    config::Config,
    http::{Answer, Problem, cookie},
};

/// An audience's refresh cookie: reads what the client sent, and writes what it gets.
pub struct RefreshCookie<A> {
    request: HttpRequest,
    max_age: std::time::Duration,
    secure: bool,
    audience: PhantomData<A>,
}

impl<A: SignInAudience> RefreshCookie<A> {
    const NAME: &'static str = match A::AUDIENCE {
        Audience::Admin => "refreshToken",
        Audience::Tenant => "tenantRefreshToken",
    };

    /// The refresh token that the client sent.
    pub fn read(&self) -> Option<&str> {
        cookie::read(&self.request, Self::NAME).filter(|token| !token.is_empty())
    }

    /// The answer with a new refresh token.
    pub fn give(&self, answer: Answer, token: &SecretString) -> Answer {
        answer.cookie(&cookie::set(Self::NAME, token.expose_secret(), self.max_age, self.secure))
    }

    /// The answer that deletes the client's cookie.
    pub fn take(&self, answer: Answer) -> Answer {
        answer.cookie(&cookie::delete(Self::NAME, self.secure))
    }
}

impl<A: SignInAudience> FromRequest for RefreshCookie<A> {
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
                audience: PhantomData,
            }),
            _ => Err(Problem::internal("the application has no configuration").into()),
        })
    }
}
