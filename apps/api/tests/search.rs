//! Every list that can be searched folds alike, on whatever database, in whatever locale.

mod common;

use common::{Api, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use serde_json::{Value, json};
use test_support::{TestDatabase, on_each_database};

/// What is kept, what finds it, and what does not.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    ("\u{d6}lwanne", &["\u{f6}lwanne", "\u{d6}LWANNE", "o\u{308}lwanne", "O\u{308}LW"], &["olwanne"]),
    ("Ju\u{308}rgen", &["j\u{fc}rgen", "J\u{dc}RGEN", "ju\u{308}rgen"], &["jurgen"]),
    ("Stra\u{df}e", &["STRASSE", "stra\u{df}e", "strasse", "STRA\u{1e9e}E"], &["strase"]),
    ("\u{130}zmir", &["i\u{307}zmir", "I\u{307}ZM", "\u{130}ZMI"], &["\u{131}zmir"]),
    ("\u{ff26}\u{ff55}\u{ff4c}\u{ff4c}", &["full", "FULL", "\u{ff26}\u{ff35}\u{ff2c}\u{ff2c}"], &["fu ll"]),
    ("\u{3a3}\u{3af}\u{3c3}\u{3c5}\u{3c6}\u{3bf}\u{3c2}", &["\u{3a3}\u{38a}\u{3a3}\u{3a5}\u{3a6}\u{39f}\u{3a3}"], &[]),
    ("\u{43c}\u{430}\u{441}\u{43b}\u{43e}", &["\u{41c}\u{410}\u{421}\u{41b}\u{41e}"], &[]),
];

/// The API as a super admin, and a workshop.
struct Fixture<'a> {
    api: &'a Api,
    staff: String,
    owner: String,
    tenant: String,
}

impl<'a> Fixture<'a> {
    async fn open(api: &'a Api) -> Self {
        api.add_admin("root@nextcrm.example", AdminRole::SuperAdmin).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, "olga@x.test", TenantRole::Owner).await;
        let login = api.tenant_login("garage", "olga@x.test", PASSWORD).send().await;
        let staff = api.admin_login("root@nextcrm.example", PASSWORD).send().await.access_token();
        Self { api, staff, owner: login.access_token(), tenant: tenant.to_string() }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.api.post(&format!("/api/admin{path}")).bearer(&self.staff).json(&body).send().await.expect(201)
    }

    /// How many a list finds.
    async fn total(&self, list: &str, text: &str) -> Value {
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let token = if list.starts_with("/tenant") { &self.owner } else { &self.staff };
        let found = self.api.get(&format!("/api{list}?search={text}")).bearer(token).send().await.expect(200);
        found["pagination"]["total"].clone()
    }

    /// All lists that can be searched.
    fn lists(&self) -> [String; 6] {
        [
            "/admin/tenants".to_owned(),
            "/admin/users".to_owned(),
            format!("/admin/tenants/{}/users", self.tenant),
            "/tenant/users".to_owned(),
            "/admin/support/tickets".to_owned(),
            "/tenant/support/tickets".to_owned(),
        ]
    }

    /// One thing of that name in each list.
    async fn keep(&self, number: usize, name: &str) {
        let new = json!({ "name": name, "subdomain": format!("shop{number}"), "plan": "ENTERPRISE" });
        self.post("/tenants", new).await;
        let email = format!("p{number}@x.test");
        let person = json!({ "firstName": name, "lastName": "Reid", "email": email });
        self.post(&format!("/tenants/{}/users", self.tenant), person.clone()).await;
        let admin = json!({ "firstName": name, "lastName": "Reid", "email": email, "role": "SUPPORT" });
        self.post("/users", admin).await;
        let ticket = json!({ "tenantId": self.tenant, "subject": name, "description": "It is broken." });
        self.post("/support/tickets", ticket).await;
    }

    async fn check_cases(&self) {
        for (stored, found, missed) in CASES {
            for list in self.lists() {
                for text in found.iter().chain([stored]) {
                    assert_eq!(self.total(&list, text).await, 1, "{text} finds {stored} in {list}");
                }
                for text in *missed {
                    assert_eq!(self.total(&list, text).await, 0, "{text} in {list}");
                }
            }
        }
    }
}

async fn check(db: &TestDatabase) {
    let api = Api::start(db).await;
    let fixture = Fixture::open(&api).await;
    for (number, (stored, ..)) in CASES.iter().enumerate() {
        fixture.keep(number, stored).await;
    }
    fixture.check_cases().await;
    for list in &fixture.lists()[1..4] {
        for text in ["\u{d6}LWANNE reid", "Reid  \u{f6}lwanne", "\u{f6}lwanne\u{a0}REID"] {
            assert_eq!(fixture.total(list, text).await, 1, "{text} in {list}");
        }
        assert_eq!(fixture.total(list, "reid reid").await, 0, "{list}");
    }
}

#[actix_web::test]
async fn every_list_folds_alike() {
    on_each_database(check).await;
}

#[actix_web::test]
async fn the_locale_of_the_database_has_no_say() {
    if let Some(db) = TestDatabase::postgres_in_c_locale().await {
        check(&db).await;
    }
}

#[actix_web::test]
async fn what_is_renamed_is_found_by_its_new_name_only() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        fixture.keep(1, "Alpha").await;
        let rename = async |list: &str, key: &str, path: &str, field: &str| {
            let found = api.get(&format!("/api{list}?search=alpha")).bearer(&fixture.staff).send().await.expect(200);
            let id = found[key][0]["id"].as_str().expect("an id").to_owned();
            let body = json!({ field: "Stra\u{df}e" });
            api.patch(&format!("/api{path}/{id}")).bearer(&fixture.staff).json(&body).send().await.expect(200);
        };
        let people = format!("/admin/tenants/{}/users", fixture.tenant);
        rename("/admin/tenants", "tenants", "/admin/tenants", "name").await;
        rename("/admin/users", "users", "/admin/users", "firstName").await;
        rename(&people, "users", &people, "firstName").await;
        rename("/admin/support/tickets", "tickets", "/admin/support/tickets", "subject").await;
        for list in fixture.lists() {
            assert_eq!(
                (fixture.total(&list, "alpha").await, fixture.total(&list, "STRASSE").await),
                (json!(0), json!(1)),
                "{list}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn messages_are_found_and_wildcards_are_letters_like_any_other() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        fixture.keep(1, "100%_sure").await;
        fixture.keep(2, "1000 sure").await;
        for list in &fixture.lists()[..4] {
            for text in ["%", "100%", "%_", "\u{ff05}\u{ff3f}"] {
                assert_eq!(fixture.total(list, text).await, 1, "{text} in {list}");
            }
            assert_eq!(fixture.total(list, "sure").await, 2, "{list}");
            assert_eq!(fixture.total(list, "\\").await, 0, "{list}");
        }
        let tickets = api.get("/api/tenant/support/tickets").bearer(&fixture.owner).send().await.expect(200);
        let id = tickets["tickets"][0]["id"].as_str().expect("an id").to_owned();
        let said = json!({ "body": "Die \u{d6}lwanne tropft, u\u{308}brigens." });
        fixture.post(&format!("/support/tickets/{id}/messages"), said).await;
        for text in ["o\u{308}lw tropft", "\u{dc}BRIGENS", "\u{fc}brig die"] {
            for list in &fixture.lists()[4..] {
                assert_eq!(fixture.total(list, text).await, 1, "{text} in {list}");
            }
        }
        assert_eq!(fixture.total("/admin/support/tickets", "wanne").await, 0, "words are found by their beginnings");
    })
    .await;
}

/// Rows from before the step are folded by it, and those that are there stay when it is undone.
#[actix_web::test]
async fn what_was_there_before_is_found() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        for (number, (stored, ..)) in CASES.iter().enumerate() {
            fixture.keep(number, stored).await;
        }
        let tenant = fixture.tenant.clone();
        drop(api);
        let maintenance =
            platform::Maintenance::connect(&platform::DatabaseOptions::new(db.url())).await.expect("connects");
        let connection = maintenance.connection();
        let steps = migrations::status(connection).await.expect("tells");
        let since = steps.iter().rev().position(|step| step.name.starts_with("m0016")).expect("it is there") + 1;
        migrations::down(connection, u32::try_from(since).expect("few")).await.expect("undone");
        assert_eq!(migrations::up(connection).await.expect("done again"), since);

        let api = Api::start(db).await;
        let login = api.tenant_login("garage", "olga@x.test", PASSWORD).send().await;
        let staff = api.admin_login("root@nextcrm.example", PASSWORD).send().await.access_token();
        let fixture = Fixture { api: &api, staff, owner: login.access_token(), tenant };
        fixture.check_cases().await;
    })
    .await;
}
