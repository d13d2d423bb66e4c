//! Sign-in, sessions and passwords of both audiences: one handler each, and in [`SignInAudience`] what differs.

mod audience;
mod cookies;
mod end_session;
mod invitations;
mod login;
mod logout;
mod origin;
mod parsed;
mod password;
mod people;
mod refresh;
mod session_dto;
mod sessions;
mod staff;
mod verify;

use secrecy::SecretString;

pub(super) use self::session_dto::{SessionList, SessionSort};
use self::{
    audience::SignInAudience,
    people::{ForgotTenantPasswordBody, People, TenantLogin, TenantLoginBody, TenantUserProfile},
    staff::Staff,
};
use crate::{
    http::{Routes, Variant},
    operation,
};

const fn of_people(path: &'static str, id: &'static str) -> Variant {
    Variant::new(id, "Tenant sign-in").at(path)
}

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    let login = of_people("/tenant/auth/login", "signInTenantUser");
    let forgot = of_people("/tenant/auth/password/forgot", "forgotTenantPassword");
    let verify = of_people("/tenant/auth/verify", "verifyTenantUser");
    let change = of_people("/tenant/auth/password/change", "changeTenantPassword");
    let reset = of_people("/tenant/auth/password/reset", "resetTenantPassword");
    let end_session = of_people("/tenant/auth/sessions/{id}", "endOwnTenantUserSession");
    routes
        .add(operation!(login, Staff))
        .add_variant(login.body::<TenantLoginBody>().answer::<TenantLogin>(), operation!(login, People))
        .add(operation!(refresh, Staff))
        .add_variant(of_people("/tenant/auth/refresh", "refreshTenantUser"), operation!(refresh, People))
        .add(operation!(logout, Staff))
        .add_variant(of_people("/tenant/auth/logout", "signOutTenantUser"), operation!(logout, People))
        .add(operation!(verify, Staff))
        .add_variant(verify.answer::<TenantUserProfile>(), operation!(verify, People))
        .add(operation!(sessions, Staff))
        .add_variant(of_people("/tenant/auth/sessions", "listOwnTenantUserSessions"), operation!(sessions, People))
        .add(operation!(end_session, Staff))
        .add_variant(end_session, operation!(end_session, People))
        .add(operation!(password::forgot, Staff))
        .add_variant(forgot.body::<ForgotTenantPasswordBody>(), operation!(password::forgot, People))
        .add(operation!(password::reset, Staff))
        .add_variant(reset, operation!(password::reset, People))
        .add(operation!(password::change, Staff))
        .add_variant(change, operation!(password::change, People))
        .add(operation!(invitations));
}

/// Text for the client of what is otherwise kept out of sight.
pub(super) fn shown(secret: &SecretString) -> String {
    secrecy::ExposeSecret::expose_secret(secret).to_owned()
}
