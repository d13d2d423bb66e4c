//! A name server that says what a test likes, and servers that count who came.

#![allow(dead_code, reason = "each test target uses its part")]

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hickory_proto::{
    op::{Message, OpCode},
    rr::{
        RData, Record, RecordType,
        rdata::{A, AAAA},
    },
};
use outbound::{Circuit, Profile};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UdpSocket},
};

/// Short enough for tests.
pub fn profile() -> Profile {
    Profile {
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(10),
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(50),
        circuit: None,
        ..Profile::new("test")
    }
}

/// Opens after three failures in a row.
pub fn circuit() -> Circuit {
    Circuit { failures_in_a_row: 3, wait: Duration::from_millis(400), ..Circuit::default() }
}

/// Answers questions for IPv4 and IPv6 addresses with those of `answers`, which is told the question's number among its
/// kind, from 0. Nothing may be kept of them.
pub async fn name_server(answers: impl Fn(usize) -> Vec<IpAddr> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        let (mut v4, mut v6) = (0, 0);
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..length]).expect("a question");
            let query = question.queries.first().expect("a query").clone();
            let mut message = Message::response(question.metadata.id, OpCode::Query);
            let kind = query.query_type();
            let count = if kind == RecordType::A { &mut v4 } else { &mut v6 };
            for found in answers(*count) {
                let data = match found {
                    IpAddr::V4(address) => RData::A(A(address)),
                    IpAddr::V6(address) => RData::AAAA(AAAA(address)),
                };
                if data.record_type() == kind {
                    message.add_answer(Record::from_rdata(query.name().clone(), 0, data));
                }
            }
            *count += 1;
            message.add_query(query);
            let _ = socket.send_to(&message.to_vec().expect("bytes"), from).await;
        }
    });
    address
}

/// Counts connections and answers each with 200 and the end of it.
pub struct Counter {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Counter {
    pub async fn start(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
            }
        });
        Self { address, connections }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers each connection with the next of these texts, the last one again and again, then hangs up.
pub async fn saying(texts: &'static [&'static str]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(texts[nth.min(texts.len() - 1)].as_bytes()).await;
        }
    });
    (address, served)
}
