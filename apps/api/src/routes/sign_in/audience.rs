use auth::{AuthError, Passwords, PermissionMarker, Profiles, SignIn, TokenPair};
use kernel::{Audience, Caller, RequestContext};
use serde::{Serialize, de::DeserializeOwned};

use crate::http::Problem;

/// What differs between the audiences where they sign in: who they are, and how they say so.
pub trait SignInAudience: 'static {
    /// Which it is.
    const AUDIENCE: Audience;
    /// To be signed in, even with a password that must be changed first.
    type Token: PermissionMarker;
    /// To be signed in.
    type SignedIn: PermissionMarker;
    /// What signs somebody in.
    type LoginBody: DeserializeOwned + 'static;
    /// What is answered to it.
    type Login: Serialize;
    /// Whose password is forgotten.
    type ForgotBody: DeserializeOwned + 'static;
    /// The account as its owner sees it.
    type Profile: Serialize;

    /// Signs in.
    async fn sign_in(
        service: &SignIn,
        context: &RequestContext,
        body: Self::LoginBody,
    ) -> Result<(Self::Login, TokenPair), Problem>;

    /// The account of whoever is signed in.
    async fn profile(profiles: &Profiles, caller: &Caller) -> Result<Self::Profile, AuthError>;

    /// Sends a reset link, if there is such an account.
    async fn forgot(service: &Passwords, context: &RequestContext, body: Self::ForgotBody) -> Result<(), Problem>;
}
