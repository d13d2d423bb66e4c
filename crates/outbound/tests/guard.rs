//! Guarded clients: no way of writing, naming or renaming an inner address leads to a connection there.

mod support;

use std::{net::IpAddr, time::Duration};

use outbound::{AddressProblem, AddressRules, Client, Failure, Outbound, Request};
use rstest::rstest;
use support::{Counter, name_server, profile};

/// 127.0.0.1 stands for the outside here, every other address for the inside.
fn outside() -> IpAddr {
    [127, 0, 0, 1].into()
}

fn inside() -> IpAddr {
    [127, 0, 0, 2].into()
}

async fn client(answers: impl Fn(usize) -> Vec<IpAddr> + Send + 'static) -> Client {
    let rules = AddressRules { allow_http: true, allowed_networks: vec![outside().into()] };
    Outbound::new(rules, Some(name_server(answers).await)).guarded(profile()).expect("a client")
}

/// A server outside, and one at the same port inside.
async fn servers() -> (Counter, Counter) {
    let outer = Counter::start("127.0.0.1:0").await;
    let inner = Counter::start(&format!("127.0.0.2:{}", outer.address.port())).await;
    (outer, inner)
}

fn get(url: &str) -> Request {
    Request::get(url.parse().expect("an address"))
}

fn refused<T: std::fmt::Debug>(result: Result<T, outbound::CallError>) {
    let error = result.expect_err("refused");
    assert_eq!(error.failure, Failure::Refused(AddressProblem::NotPublic));
    assert!(!error.may_have_arrived());
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_a_moment_later_is_checked_again() {
    let (outer, inner) = servers().await;
    let client = client(|nth| vec![if nth == 0 { outside() } else { inside() }]).await;
    let url = format!("http://hooks.example:{}/", outer.address.port());
    client.send(get(&url)).await.expect("the first answer leads outside");
    for _ in 0..5 {
        refused(client.send(get(&url)).await);
    }
    assert_eq!((outer.connections(), inner.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_changes_with_every_question_never_leads_inside() {
    let (outer, inner) = servers().await;
    let client = client(|nth| vec![if nth % 2 == 0 { outside() } else { inside() }]).await;
    let url = format!("http://hooks.example:{}/", outer.address.port());
    let mut arrived = 0;
    for _ in 0..20 {
        match client.send(get(&url)).await {
            Ok(_) => arrived += 1,
            Err(error) => refused::<()>(Err(error)),
        }
    }
    assert_eq!((outer.connections(), inner.connections()), (arrived, 0));
    assert!((1..20).contains(&arrived), "{arrived}");
}

#[tokio::test]
async fn of_several_addresses_only_those_outside_are_dialled() {
    let (outer, inner) = servers().await;
    let mapped = "::ffff:127.0.0.2".parse().expect("an address");
    let client = client(move |_| vec![inside(), mapped, outside()]).await;
    let url = format!("http://hooks.example:{}/", outer.address.port());
    client.send(get(&url)).await.expect("outside");
    assert_eq!((outer.connections(), inner.connections()), (1, 0));
}

#[rstest]
#[case("127.0.0.2")]
#[case("10.0.0.1")]
#[case("169.254.169.254")]
#[case("0.0.0.0")]
#[case("::1")]
#[case("::ffff:127.0.0.1")]
#[case("64:ff9b::7f00:1")]
#[case("2002:7f00:1::1")]
#[case("fd00::1")]
#[case("fe80::1")]
#[tokio::test]
async fn names_of_inner_addresses_are_refused(#[case] address: IpAddr) {
    let client = client(move |_| vec![address]).await;
    refused(client.send(get("http://hooks.example/")).await);
}

#[rstest]
#[case("127.0.0.2")]
#[case("0x7f.2")]
#[case("2130706434")]
#[case("0177.0.0.2")]
#[case("[::ffff:127.0.0.1]")]
#[case("[::1]")]
#[case("[64:ff9b::127.0.0.1]")]
#[tokio::test]
async fn addresses_that_need_no_looking_up_are_refused(#[case] host: &str) {
    let (outer, inner) = servers().await;
    let client = client(|_| vec![outside()]).await;
    refused(client.send(get(&format!("http://{host}:{}/", outer.address.port()))).await);
    assert_eq!((outer.connections(), inner.connections()), (0, 0));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_leads_nowhere() {
    let inner = Counter::start("127.0.0.2:0").await;
    let moved: &'static str = format!(
        "HTTP/1.1 307 Moved\r\nLocation: http://{}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        inner.address
    )
    .leak();
    let (address, _) = support::saying(vec![moved].leak()).await;
    let client = client(|_| vec![outside()]).await;
    let answer = client.send(get(&format!("http://hooks.example:{}/", address.port()))).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), inner.connections()), (307, 0));
}

#[tokio::test]
async fn who_is_unknown_or_silent_costs_no_more_than_the_time_to_connect() {
    let rules = AddressRules { allow_http: true, allowed_networks: vec![] };
    let unknown = Outbound::new(rules.clone(), Some(name_server(|_| vec![]).await));
    let unknown = unknown.guarded(profile()).expect("a client").send(get("http://hooks.example/").once()).await;
    assert_eq!(unknown.expect_err("unknown").failure, Failure::Unresolved);

    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let mut patience = profile();
    patience.connect_timeout = Duration::from_millis(200);
    let client = Outbound::new(rules, Some(silent.local_addr().expect("an address"))).guarded(patience);
    let client = client.expect("a client");
    let asked = client.send(get("http://hooks.example/").once());
    let late = tokio::time::timeout(Duration::from_secs(5), asked).await.expect("in time").expect_err("silent");
    assert_eq!(late.failure, Failure::ConnectTimeout);
}

#[tokio::test]
async fn configured_addresses_are_not_guarded() {
    let inner = Counter::start("127.0.0.2:0").await;
    let client = Outbound::default().client(profile()).expect("a client");
    client.send(get(&format!("http://{}/", inner.address))).await.expect("an answer");
    assert_eq!(inner.connections(), 1);
}
