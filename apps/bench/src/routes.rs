use std::sync::Arc;

use anyhow::Context as _;
use hyper::header::HeaderValue;
use serde_json::{Value, json};

use crate::client::{Call, Connection};
use crate::load::Calls;
use crate::process::Process;
use crate::server::{Installation, admin_email};

/// A route under load.
pub(crate) struct Route {
    /// As in the table.
    pub(crate) name: &'static str,
    /// What NextCRM is sent.
    pub(crate) server: Calls,
    /// What the floor is sent, if it has the route.
    pub(crate) floor: Option<Calls>,
    /// Requests under way, where it is not what the user asked for.
    pub(crate) concurrency: Option<u16>,
}

/// Objects of the seeded data that the calls name.
pub(crate) struct Samples {
    ids: Vec<String>,
    words: Vec<String>,
    admin_id: String,
    /// Of the owner of a workshop whose requests are not limited.
    owner: HeaderValue,
}

impl Samples {
    /// Takes tenants from pages all over the list.
    pub(crate) async fn take(
        installation: &Installation,
        server: &Process,
        authorization: &HeaderValue,
    ) -> anyhow::Result<Self> {
        let mut connection = Connection::open(server.address).await?;
        let mut fetch = async |path: String| connection.fetch(&Call::get(path).signed_in(authorization)).await;
        let verified = fetch("/api/admin/auth/verify".to_owned()).await?;
        let admin_id = verified["user"]["id"].as_str().context("verify told no id")?.to_owned();

        let largest = fetch("/api/admin/tenants?plan=ENTERPRISE&status=ACTIVE&limit=1".to_owned()).await?;
        let id = largest["tenants"][0]["id"].as_str().context("no workshop has the largest plan")?;
        let workshop = fetch(format!("/api/admin/tenants/{id}")).await?;
        let owner = installation.sign_in_owner(&workshop["tenant"]).await?;

        let first = fetch("/api/admin/tenants?limit=1".to_owned()).await?;
        let total = first["pagination"]["total"].as_u64().context("the list told no total")?;
        let (mut ids, mut words) = (Vec::new(), Vec::new());
        for part in 0..5 {
            let page = fetch(format!("/api/admin/tenants?limit=200&offset={}", total / 5 * part)).await?;
            for tenant in page["tenants"].as_array().into_iter().flatten() {
                ids.extend(tenant["id"].as_str().map(str::to_owned));
                words.extend(search_words(tenant));
            }
        }
        words.sort_unstable();
        words.dedup();
        anyhow::ensure!(!ids.is_empty() && !words.is_empty(), "the seeded list is empty");
        Ok(Self { ids, words, admin_id, owner })
    }
}

fn search_words(tenant: &Value) -> impl Iterator<Item = String> + '_ {
    let name = tenant["name"].as_str().unwrap_or_default();
    name.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= 4).map(str::to_ascii_lowercase)
}

fn pick(from: &[String], number: u64) -> &str {
    // Coprime steps through the samples, so that neighbours in time are not neighbours in the data.
    let index = (u128::from(number) * 7919 % from.len().max(1) as u128) as usize;
    from.get(index).map_or("", String::as_str)
}

fn calls(make: impl Fn(u64) -> Call + Send + Sync + 'static) -> Calls {
    Arc::new(make)
}

/// Every route, in the order of the table.
pub(crate) fn all(installation: &Arc<Installation>, samples: &Arc<Samples>, authorization: &HeaderValue) -> Vec<Route> {
    let signed_in = |make: Calls| -> Calls {
        let authorization = authorization.clone();
        calls(move |number| make(number).signed_in(&authorization))
    };
    let both =
        |name, make: Calls| Route { name, server: signed_in(Arc::clone(&make)), floor: Some(make), concurrency: None };

    let (here, there) = (Arc::clone(installation), Arc::clone(installation));
    let login = Route {
        name: "login",
        server: calls(move |number| here.sign_in(number)),
        floor: Some(calls(move |number| {
            let body = json!({ "email": admin_email(number), "password": there.password() });
            Call::post("/api/admin/auth/login", &body)
        })),
        concurrency: Some(8),
    };
    let admin_id = samples.admin_id.clone();
    let verify = Route {
        name: "verify",
        server: signed_in(calls(|_| Call::get("/api/admin/auth/verify"))),
        floor: Some(calls(move |_| Call::get(format!("/api/admin/auth/verify/{admin_id}")))),
        concurrency: None,
    };
    let list = both("list", calls(|_| Call::get("/api/admin/tenants?limit=20")));
    let found = Arc::clone(samples);
    let search = both(
        "search",
        calls(move |number| Call::get(format!("/api/admin/tenants?limit=20&search={}", pick(&found.words, number)))),
    );
    let found = Arc::clone(samples);
    let get = both("get", calls(move |number| Call::get(format!("/api/admin/tenants/{}", pick(&found.ids, number)))));
    let create = Route {
        name: "create",
        server: signed_in(calls(|number| creation("bench", number))),
        floor: Some(calls(|number| creation("floor", number))),
        concurrency: None,
    };
    let owner = samples.owner.clone();
    let own = Route {
        name: "own",
        server: calls(move |_| Call::get("/api/tenant/users?limit=20").signed_in(&owner)),
        floor: None,
        concurrency: None,
    };
    let export = Route {
        name: "export",
        server: signed_in(calls(|_| Call::get("/api/admin/audit-logs/export?format=csv"))),
        floor: None,
        concurrency: Some(1),
    };
    vec![login, verify, list, search, get, create, own, export]
}

fn creation(prefix: &str, number: u64) -> Call {
    let body = json!({
        "name": format!("{prefix} workshop {number}"),
        "subdomain": format!("{prefix}-{number}"),
        "plan": "PROFESSIONAL",
    });
    Call::post("/api/admin/tenants", &body)
}
