//! Nobody makes the service write to an address again and again.

mod common;

use common::{Api, Reply, people::PASSWORD};
use kernel::{AdminRole, TenantId, TenantRole};
use serde_json::{Value, json};
use test_support::on_each_database;

const JO: &str = "jo@elsewhere.test";

#[track_caller]
fn refused(reply: &Reply, most: u64) {
    reply.problem(429, "RATE_LIMITED");
    let wait: u64 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=most).contains(&wait), "{wait}");
}

async fn invite(api: &Api, token: &str, path: &str, email: &str) -> Reply {
    let body = json!({ "firstName": "Jo", "lastName": "Wong", "email": email, "role": "USER" });
    api.post(path).bearer(token).json(&body).send().await
}

fn id(reply: &Reply) -> String {
    reply.expect(201)["user"]["id"].as_str().expect("an id").to_owned()
}

async fn of_tenant(api: &Api, subdomain: &str) -> (TenantId, String) {
    let tenant = api.add_workshop(subdomain).await;
    let owner = format!("olga@{subdomain}.test");
    api.add_person(tenant, &owner, TenantRole::Owner).await;
    (tenant, api.tenant_login(subdomain, &owner, PASSWORD).send().await.access_token())
}

const HOUR: u64 = 60 * 60;

#[actix_web::test]
async fn an_invitation_is_sent_five_times_an_hour_by_either_audience() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (tenant, olga) = of_tenant(&api, "garage").await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let jo = id(&invite(&api, &olga, "/api/tenant/users", JO).await);
        let own = format!("/api/tenant/users/{jo}/invitation/resend");
        let staffs = format!("/api/admin/tenants/{tenant}/users/{jo}/invitation/resend");
        for (path, token) in [(&own, &olga), (&staffs, &staff), (&own, &olga), (&staffs, &staff)] {
            api.post(path).bearer(token).send().await.expect(202);
        }
        for (path, token) in [(&own, &olga), (&staffs, &staff)] {
            refused(&api.post(path).bearer(token).send().await, HOUR);
        }
        api.mail_is_out().await;
        assert_eq!(api.mail_to(JO).await.len(), 5, "what was refused is not sent");
        // Another name is another person and address.
        id(&invite(&api, &olga, "/api/tenant/users", "kim@elsewhere.test").await);
    })
    .await;
}

#[actix_web::test]
async fn an_address_counts_wherever_it_is_written_to_from() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, olga) = of_tenant(&api, "garage").await;
        let (_, otto) = of_tenant(&api, "other").await;
        // Removed and invited again, by two workshops.
        for token in [&olga, &otto, &olga, &otto] {
            let jo = id(&invite(&api, token, "/api/tenant/users", JO).await);
            api.delete(&format!("/api/tenant/users/{jo}")).bearer(token).send().await.expect(200);
        }
        let staff = api.admin_token(AdminRole::SuperAdmin);
        // As the owner of a new workshop, as staff, and for a ticket.
        let owner = json!({ "firstName": "Jo", "lastName": "Wong", "email": JO });
        let open = async |subdomain: &str| {
            let body = json!({ "name": "Third", "subdomain": subdomain, "plan": "ENTERPRISE", "owner": owner });
            api.post("/api/admin/tenants").bearer(&staff).json(&body).send().await
        };
        let third = open("third").await.expect(201)["tenant"]["id"].clone();
        refused(&open("fourth").await, HOUR);
        refused(&invite(&api, &olga, "/api/tenant/users", JO).await, HOUR);
        let admin = json!({ "firstName": "Jo", "lastName": "Wong", "email": JO, "role": "SUPPORT" });
        refused(&api.post("/api/admin/users").bearer(&staff).json(&admin).send().await, HOUR);
        api.add_admin("ada@nextcrm.test", AdminRole::Support).await;
        let ada = api.admin_login("ada@nextcrm.test", PASSWORD).send().await.access_token();
        let ticket = json!({ "tenantId": third, "email": JO, "subject": "Buy now", "description": "Now." });
        refused(&api.post("/api/admin/support/tickets").bearer(&ada).json(&ticket).send().await, HOUR);
        api.mail_is_out().await;
        assert_eq!(api.mail_to(JO).await.len(), 5);
        for table in [
            "tenants WHERE subdomain = 'fourth'",
            "tenant_users WHERE email = 'jo@elsewhere.test' AND role = 'USER'",
            "admin_users WHERE email = 'jo@elsewhere.test'",
            "support_tickets",
        ] {
            assert_eq!(api.count(table).await, 0, "{table}: what was refused has not happened");
        }
    })
    .await;
}

#[actix_web::test]
async fn reset_links_for_staff_and_tickets_for_an_address_are_counted() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let boss = api.admin_token(AdminRole::SuperAdmin);
        let ada = api.add_admin("ada@nextcrm.test", AdminRole::Support).await;
        let token = api.admin_login("ada@nextcrm.test", PASSWORD).send().await.access_token();
        let tenant = api.add_workshop("garage").await;
        let ticket = json!({ "tenantId": tenant, "email": JO, "subject": "Call back", "description": "Rang." });
        let open = async || api.post("/api/admin/support/tickets").bearer(&token).json(&ticket).send().await;
        for _ in 0..5 {
            open().await.expect(201);
        }
        refused(&open().await, HOUR);
        assert_eq!(api.count("support_tickets").await, 5);

        let reset = async || api.post(&format!("/api/admin/users/{ada}/reset-password")).bearer(&boss).send().await;
        for _ in 0..5 {
            reset().await.expect(200);
        }
        refused(&reset().await, HOUR);
        api.mail_is_out().await;
        assert_eq!(api.mail_to("ada@nextcrm.test").await.len(), 5);
    })
    .await;
}

#[actix_web::test]
async fn a_workshop_sends_two_hundred_invitations_a_day() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, olga) = of_tenant(&api, "garage").await;
        for number in 0..200 {
            id(&invite(&api, &olga, "/api/tenant/users", &format!("jo{number}@elsewhere.test")).await);
        }
        refused(&invite(&api, &olga, "/api/tenant/users", JO).await, 24 * HOUR);
        let (_, otto) = of_tenant(&api, "other").await;
        id(&invite(&api, &otto, "/api/tenant/users", JO).await);
    })
    .await;
}

#[actix_web::test]
async fn of_many_at_once_five_are_sent() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, olga) = of_tenant(&api, "garage").await;
        let jo = id(&invite(&api, &olga, "/api/tenant/users", JO).await);
        let path = format!("/api/tenant/users/{jo}/invitation/resend");
        let replies = futures::future::join_all((0..20).map(|_| api.post(&path).bearer(&olga).send())).await;
        let sent = replies.iter().filter(|reply| reply.status == 202).count();
        assert_eq!(sent, 4, "{:?}", replies.iter().map(|reply| reply.json()).collect::<Vec<Value>>());
        api.mail_is_out().await;
        let mails = api.mail_to(JO).await;
        assert_eq!(mails.len(), 5);
        assert!(mails.iter().all(|mail| mail.subject == "You are invited to a workshop on NextCRM"), "{mails:?}");
    })
    .await;
}
