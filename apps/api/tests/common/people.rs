//! Staff and workshops for tests of signing in.

use std::sync::Arc;

use auth::{AdminAccount, AdminRepository, AdminStore, CredentialRepository, CredentialStore, PasswordHash};
use kernel::{AdminId, AdminRole, OsEntropy, TenantId, TenantRole, TenantUserId};
use serde_json::{Value, json};

use super::{Api, Call, Reply};

/// The password of everybody made here.
pub const PASSWORD: &str = "Corr3ct-horse!";

/// A hash of [`PASSWORD`], cheap enough for tests.
async fn hash() -> PasswordHash {
    let config = auth::HasherConfig { memory_kib: 64, iterations: 1, ..auth::HasherConfig::default() };
    let hasher = auth::PasswordHasher::new(config, Arc::new(OsEntropy)).expect("parameters");
    hasher.hash(&PASSWORD.into()).await.expect("hashes")
}

impl Api {
    /// Adds a member of staff with [`PASSWORD`].
    pub async fn add_admin(&self, email: &str, role: AdminRole) -> AdminId {
        self.add_admin_with(email, role, |_| {}).await
    }

    /// [`Api::add_admin`], changed before it is stored.
    pub async fn add_admin_with(
        &self,
        email: &str,
        role: AdminRole,
        change: impl FnOnce(&mut AdminAccount),
    ) -> AdminId {
        let core = &self.services.core;
        let at = core.clock.now();
        let mut admin = AdminAccount {
            id: core.entropy.uuid_v7(at).into(),
            first_name: "Ada".to_owned(),
            last_name: "Lane".to_owned(),
            email: email.parse().expect("an address"),
            password_hash: hash().await,
            password_set_at: at,
            must_change_password: false,
            role,
            department: Some("Help desk".to_owned()),
            phone: None,
            avatar: None,
            is_active: true,
            mfa_enabled: false,
            last_login_at: None,
            last_activity_at: None,
            generation: 1,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        change(&mut admin);
        let mut tx = core.transactor.begin().await.expect("begins");
        AdminStore::new(core.db.clone()).insert_admin_in(&mut tx, &admin).await.expect("inserts");
        tx.commit().await.expect("commits");
        admin.id
    }

    /// Adds a workshop over the API; answers its id.
    pub async fn add_workshop(&self, subdomain: &str) -> TenantId {
        let token = self.admin_token(AdminRole::SuperAdmin);
        let body = json!({ "name": "A workshop", "subdomain": subdomain, "plan": "ENTERPRISE" });
        let answer = self.post("/api/admin/tenants").bearer(&token).json(&body).send().await.expect(201);
        id_of(&answer["tenant"]).parse().expect("an id")
    }

    /// Adds a person with [`PASSWORD`] to a workshop.
    pub async fn add_person(&self, tenant: TenantId, email: &str, role: TenantRole) -> TenantUserId {
        let token = self.admin_token(AdminRole::SuperAdmin);
        let body = json!({
            "firstName": "Bo", "lastName": "Park", "email": email, "role": role.as_str(), "password": PASSWORD,
        });
        let path = format!("/api/admin/tenants/{tenant}/users");
        let answer = self.post(&path).bearer(&token).json(&body).send().await.expect(201);
        let id = id_of(&answer["user"]).parse().expect("an id");
        let core = &self.services.core;
        let mut tx = core.transactor.begin().await.expect("begins");
        let store = CredentialStore::new(core.db.clone());
        store.set_hash_in(&mut tx, tenant, id, &hash().await, core.clock.now()).await.expect("sets");
        tx.commit().await.expect("commits");
        id
    }

    /// A sign-in of staff.
    pub fn admin_login(&self, email: &str, password: &str) -> Call {
        self.post("/api/admin/auth/login").json(&json!({ "email": email, "password": password }))
    }

    /// A sign-in of a workshop's person.
    pub fn tenant_login(&self, subdomain: &str, email: &str, password: &str) -> Call {
        let body = json!({ "subdomain": subdomain, "email": email, "password": password });
        self.post("/api/tenant/auth/login").json(&body)
    }
}

fn id_of(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

impl Reply {
    /// The access token of a sign-in or refresh.
    #[track_caller]
    pub fn access_token(&self) -> String {
        self.expect(200)["accessToken"].as_str().expect("a token").to_owned()
    }

    /// The value of the cookie that was set, for the `Cookie` header: `name=value`.
    #[track_caller]
    pub fn cookie(&self) -> String {
        let (pair, _) = self.header("set-cookie").split_once(';').expect("a cookie");
        pair.to_owned()
    }
}
