//! The sandbox over real HTTP: every route, every fault, and two of them at once.

use std::time::Duration;

use capricorn_sandbox::{ApiKey, Fault, NewFault, Operation, RunningSandbox, Sandbox, SandboxOptions, TimeDelta};
use reqwest::{Client, Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

const KEY: &str = "sandbox-key-1001";

struct Fixture {
    sandbox: RunningSandbox,
    http: Client,
}

impl Fixture {
    fn start() -> Self {
        let options = SandboxOptions { parts: 400, speed: 0.0, ..SandboxOptions::default() };
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(2));
        Self { sandbox: Sandbox::start(options).expect("starts"), http: http.build().expect("a client") }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<(StatusCode, Value)> {
        let request = self.http.request(method, format!("{}{path}", self.sandbox.url())).bearer_auth(KEY);
        let request = match body {
            Some(body) => {
                request.header("idempotency-key", body["clientReference"].as_str().unwrap_or("k")).json(&body)
            }
            None => request,
        };
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Method::GET, path, None).await.expect("an answer")
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, Some(body)).await.expect("an answer")
    }

    /// An order of two parts that are sold singly, with today's prices.
    async fn order(&self, reference: &str) -> Value {
        let singles = self.sandbox.catalogue().parts().iter().filter(|part| part.pack_size == 1);
        let alive = singles.filter(|part| part.superseded_by.is_none() && self.sandbox.stock(part).available() > 0);
        let items: Vec<_> = alive.take(2).map(|part| json!({ "productId": part.id, "quantity": 1 })).collect();
        let (status, quote) = self.post("/quotes", json!({ "customerId": "CUST-1001", "items": items })).await;
        assert_eq!(status, 200, "{quote}");
        let lines = quote["lines"].as_array().expect("lines").iter();
        let items: Vec<_> = lines
            .map(|line| json!({ "productId": line["productId"], "quantity": 1, "unitPrice": line["unitPrice"] }))
            .collect();
        json!({
            "customerId": "CUST-1001", "clientReference": reference, "items": items, "deliveryType": "STANDARD",
            "totalAmount": quote["total"],
        })
    }
}

fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{rest:0<2}").parse().expect("an amount with two places")
}

#[tokio::test]
async fn parts_are_found_read_and_counted() {
    let it = Fixture::start();
    assert_eq!(it.get("/health").await, (StatusCode::OK, json!({ "status": "ok" })));
    let (_, found) = it.get("/products/search?q=brake&limit=5").await;
    assert!(found["total"].as_u64() > Some(0), "{found}");
    let first = &found["products"][0];
    assert!(first.get("fitments").is_none(), "{first}");
    let id = first["id"].as_str().expect("an id");
    let path = id.replace('%', "%25").replace('/', "%2F").replace(' ', "%20").replace('#', "%23").replace('+', "%2B");
    let (status, part) = it.get(&format!("/products/{path}")).await;
    assert_eq!((status, &part["id"]), (StatusCode::OK, &first["id"]));
    assert!(part["fitments"].is_array() && cents(&part["price"]) > 0, "{part}");
    let (_, stock) = it.get(&format!("/inventory/{path}")).await;
    let sum: u64 =
        stock["warehouses"].as_array().expect("five").iter().filter_map(|it| it["availableStock"].as_u64()).sum();
    assert_eq!(stock["availableStock"].as_u64(), Some(sum));
    assert_eq!(it.get("/products/none-such").await.0, 404);

    let mut seen = 0;
    let mut path = "/inventory?limit=150".to_owned();
    loop {
        let (status, page) = it.get(&path).await;
        assert_eq!((status, page["total"].as_u64()), (StatusCode::OK, Some(400)));
        seen += page["items"].as_array().expect("items").len();
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/inventory?limit=150&cursor={cursor}");
    }
    assert_eq!(seen, 400);
    assert_eq!(it.get("/inventory?limit=1001").await.0, 400);
}

#[tokio::test]
async fn only_those_with_a_key_are_served() {
    let it = Fixture::start();
    let with = |key: &'static str| it.http.get(format!("{}/health", it.sandbox.url())).bearer_auth(key).send();
    assert_eq!(with("wrong").await.expect("an answer").status(), 401);
    assert_eq!(with("sandbox-key-blocked").await.expect("an answer").status(), 403);
    it.sandbox.set_key(ApiKey::new("CUST-7", "new-key"));
    assert_eq!(with("new-key").await.expect("an answer").status(), 200);
    it.sandbox.remove_key("new-key");
    assert_eq!(with("new-key").await.expect("an answer").status(), 401);
    // Another customer's order is not there.
    let (_, order) = it.post("/orders", it.order("ORD-1").await).await;
    let path = format!("{}/orders/{}", it.sandbox.url(), order["orderId"].as_str().expect("an id"));
    let foreign = it.http.get(path).bearer_auth("sandbox-key-1002").send().await.expect("an answer");
    assert_eq!(foreign.status(), 404);
}

#[tokio::test]
async fn an_order_is_placed_once_and_goes_its_way() {
    let it = Fixture::start();
    let wanted = it.order("ORD-1").await;
    let (status, order) = it.post("/orders", wanted.clone()).await;
    assert_eq!((status, &order["status"], &order["revision"]), (StatusCode::CREATED, &json!("PENDING"), &json!(1)));
    let (status, again) = it.post("/orders", wanted.clone()).await;
    assert_eq!((status, &again["orderId"]), (StatusCode::OK, &order["orderId"]));
    assert_eq!(it.sandbox.orders().len(), 1);
    let id = order["orderId"].as_str().expect("an id");
    let (_, found) = it.get("/orders?clientReference=ORD-1").await;
    assert_eq!(found["orders"][0]["orderId"], order["orderId"]);
    assert_eq!(it.get("/orders?clientReference=ORD-2").await.1, json!({ "orders": [] }));
    assert_eq!(it.get(&format!("/orders/{id}/invoice")).await.0, 404, "not yet");

    it.sandbox.advance(TimeDelta::days(60));
    let (_, order) = it.get(&format!("/orders/{id}")).await;
    assert_eq!(order["status"], "DELIVERED", "{order}");
    for line in order["lines"].as_array().expect("lines") {
        let count = |name: &str| line[name].as_u64().expect("a count");
        assert_eq!(
            count("accepted") + count("backordered") + count("rejected") + count("cancelled"),
            count("quantity")
        );
        assert_eq!(count("shipped"), count("accepted"));
    }
    let (_, tracking) = it.get(&format!("/orders/{id}/tracking")).await;
    assert_eq!(tracking["shipments"][0]["status"], "DELIVERED", "{tracking}");
    let (_, invoice) = it.get(&format!("/orders/{id}/invoice")).await;
    assert_eq!(cents(&invoice["total"]), cents(&invoice["subtotal"]) + cents(&invoice["gst"]));
    assert_eq!(it.post(&format!("/orders/{id}/cancel"), json!({})).await.1["error"]["code"], "ALREADY_SHIPPED");
    let invoice = format!("{}/orders/{id}/invoice", it.sandbox.url());
    let invoice = |accept: &'static str| it.http.get(&invoice).bearer_auth(KEY).header("accept", accept).send();
    let pdf = invoice("application/pdf").await.expect("an answer").bytes().await.expect("a PDF");
    assert!(pdf.starts_with(b"%PDF-") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    assert_eq!(invoice("text/html").await.expect("an answer").status(), 406);

    let (_, other) = it.post("/orders", it.order("ORD-2").await).await;
    let cancel = format!("/orders/{}/cancel", other["orderId"].as_str().expect("an id"));
    assert_eq!(it.post(&cancel, json!({})).await.1["status"], "CANCELLED");
    assert_eq!(it.post(&cancel, json!({})).await.0, 200, "twice is once");
}

#[tokio::test]
async fn orders_that_do_not_fit_are_refused() {
    let it = Fixture::start();
    let good = it.order("ORD-1").await;
    let with = |change: fn(&mut Value)| {
        let mut order = good.clone();
        change(&mut order);
        it.post("/orders", order)
    };
    let (status, answer) = with(|order| order["items"][0]["unitPrice"] = json!("0.01")).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::CONFLICT, &json!("PRICE_CHANGED")));
    assert_eq!(with(|order| order["totalAmount"] = json!(1)).await.0, 409);
    let (status, answer) = with(|order| order["items"][0]["productId"] = json!("none")).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("UNKNOWN_PRODUCT")));
    assert_eq!(answer["error"]["productId"], "none");
    let (status, answer) = with(|order| order["items"][0]["quantity"] = json!(0)).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("INVALID_QUANTITY")));
    assert_eq!(it.sandbox.orders().len(), 0);
}

#[rstest]
#[case(Fault::Unauthorized, 401)]
#[case(Fault::Forbidden, 403)]
#[case(Fault::RateLimited, 429)]
#[case(Fault::RateLimitedDate, 429)]
#[case(Fault::ServerError, 500)]
#[case(Fault::BadGateway, 502)]
#[case(Fault::Unavailable, 503)]
#[case(Fault::UnavailableRetryAfter, 503)]
#[case(Fault::Redirect, 302)]
#[case(Fault::Vanish, 404)]
#[case(Fault::NotAcceptable, 406)]
#[tokio::test]
async fn a_fault_answers_as_it_says_and_does_nothing(#[case] fault: Fault, #[case] status: u16) {
    let it = Fixture::start();
    let order = it.order("ORD-1").await;
    it.sandbox.add_fault(NewFault::on(Operation::CreateOrder, fault).times(1)).expect("is on");
    assert_eq!(it.post("/orders", order.clone()).await.0, status);
    assert_eq!(it.sandbox.orders().len(), 0);
    assert_eq!(it.post("/orders", order).await.0, 201, "it was on for one call");
}

#[rstest]
#[case(Fault::Lost, true)]
#[case(Fault::LostHang, true)]
#[case(Fault::HalfBody, true)]
#[case(Fault::Hang, false)]
#[case(Fault::Reset, false)]
#[tokio::test]
async fn an_answer_that_does_not_come_tells_nothing(#[case] fault: Fault, #[case] is_done: bool) {
    let it = Fixture::start();
    let order = it.order("ORD-1").await;
    it.sandbox.add_fault(NewFault::on(Operation::CreateOrder, fault).times(1)).expect("is on");
    let lost = it.send(Method::POST, "/orders", Some(order.clone())).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(it.sandbox.orders().len(), usize::from(is_done));
    let status = if is_done { 200 } else { 201 };
    assert_eq!(it.post("/orders", order).await.0, status);
    assert_eq!(it.sandbox.orders().len(), 1);
}

#[tokio::test]
async fn answers_can_be_bent() {
    let it = Fixture::start();
    let (_, order) = it.post("/orders", it.order("ORD-1").await).await;
    let path = format!("/orders/{}", order["orderId"].as_str().expect("an id"));
    it.sandbox.advance(TimeDelta::days(60));
    let bent = async |fault| {
        it.sandbox.clear_faults();
        it.sandbox.add_fault(NewFault::on(Operation::Order, fault)).expect("is on");
        it.get(&path).await.1
    };
    let known = ["PENDING", "CONFIRMED", "DELIVERED"];
    assert!(!known.contains(&bent(Fault::UnknownStatus).await["status"].as_str().expect("a word")));
    assert_eq!(bent(Fault::OldNews).await["revision"], 1);
    let back = bent(Fault::GoingBack).await;
    assert!(back["status"] == "PENDING" && back["revision"].as_u64() > Some(1), "{back}");
    let line = &bent(Fault::WrongLineSums).await["lines"][0];
    let count = |name: &str| line[name].as_u64().unwrap_or_default();
    assert_ne!(count("accepted") + count("backordered") + count("rejected") + count("cancelled"), count("quantity"));
    assert_eq!(bent(Fault::Html).await, Value::Null, "no JSON");
}

#[tokio::test]
async fn faults_clock_and_calls_have_routes() {
    let it = Fixture::start();
    let fault = json!({ "operation": "search", "fault": "unavailable", "count": 1 });
    assert_eq!(it.post("/_sandbox/faults", fault).await.0, 201);
    assert_eq!(it.get("/_sandbox/faults").await.1["faults"].as_array().map(Vec::len), Some(1));
    assert_eq!(it.get("/products/search?q=x").await.0, 503);
    assert_eq!(it.get("/products/search?q=x").await.0, 200);
    let (status, answer) = it.post("/_sandbox/faults", json!({ "fault": "nonsense" })).await;
    assert_eq!(status, 400);
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("unavailable")), "{answer}");
    let before = it.sandbox.now();
    assert_eq!(it.post("/_sandbox/clock", json!({ "advanceSeconds": 90 })).await.0, 200);
    assert_eq!(it.sandbox.now() - before, TimeDelta::seconds(90));
    assert_eq!(it.post("/_sandbox/clock", json!({ "advanceSeconds": -1 })).await.0, 400);
    let calls = it.get("/_sandbox/calls").await.1;
    assert_eq!(
        (calls["calls"][0]["operation"].as_str(), calls["calls"][0]["status"].as_u64()),
        (Some("search"), Some(503))
    );
    assert_eq!(it.send(Method::DELETE, "/_sandbox/calls", None).await.expect("an answer").0, 204);
    assert_eq!(it.sandbox.calls().len(), 0);
    let header =
        it.http.get(format!("{}/health", it.sandbox.url())).bearer_auth(KEY).header("x-sandbox-fault", "server-error");
    assert_eq!(header.send().await.expect("an answer").status(), 500);
}

#[tokio::test]
async fn the_page_and_what_it_loads_are_there() {
    let it = Fixture::start();
    for (path, kind) in [("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")] {
        let answer = it.http.get(format!("{}{path}", it.sandbox.url())).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.headers()["content-type"].to_str().expect("text").starts_with(kind));
        assert!(answer.headers()["content-security-policy"].to_str().expect("text").contains("default-src 'none'"));
    }
}

#[tokio::test]
async fn two_at_once_know_nothing_of_each_other() {
    let (one, other) = (Fixture::start(), Fixture::start());
    one.post("/orders", one.order("ORD-1").await).await;
    assert_eq!((one.sandbox.orders().len(), other.sandbox.orders().len()), (1, 0));
    let names = |it: &Fixture| it.sandbox.catalogue().parts().iter().map(|part| part.id.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other), "the same seed makes the same parts");
    let url = one.sandbox.url().to_owned();
    one.sandbox.stop().await;
    assert!(other.http.get(format!("{url}/health")).send().await.is_err(), "it is gone");
}
