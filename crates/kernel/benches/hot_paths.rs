//! What reads, searches and writes pay for again and again, in instructions: the same on every machine and however busy it is. A
//! limit is what was counted when it was set, and a seventh more.
#![allow(missing_docs, reason = "the macros make modules of functions")]

use std::hint::black_box;

use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use kernel::{
    EmailAddress, OsEntropy, fold,
    idempotency::BodyHash,
    moment,
    page::{Cursor, Key, KeyType, scope},
    sealed::{KeyRing, Purpose, Sealed},
    text,
};
use uuid::Uuid;

const KEY: &str = "k1:VMFaZRB45trcRnaiNxEfZXaU6zuF4rWVLXe++bBnIXM=";
const NAME: &str = "Nguyễn's Auto Électrique & Söhne, Wollongong";
const PURPOSE: Purpose<'static> = Purpose { table: "idempotency_keys", owner: "tenant", row: "key", field: "answer" };

fn limit(instructions: u64) -> LibraryBenchmarkConfig {
    LibraryBenchmarkConfig::default().tool(Callgrind::default().hard_limits([(EventKind::Ir, instructions)])).clone()
}

fn cursor() -> Cursor {
    let at = "2026-01-15T10:00:00.000001Z".parse().expect("a time");
    Cursor::new(scope(&["tenants", "-createdAt", ""]), Key::Time(at), Uuid::from_u128(7), 50)
}

fn address() -> &'static str {
    let text = "Mai.Nguyen+parts@nguyens-auto.example.com.au";
    // Whatever is made once is made now.
    assert!(text.parse::<EmailAddress>().is_ok());
    text
}

fn encoded() -> String {
    cursor().encode()
}

fn ring() -> KeyRing {
    KeyRing::parse(KEY, OsEntropy).expect("a ring")
}

/// An answer of a kilobyte, as idempotency keys keep it.
fn answer() -> Vec<u8> {
    br#"{"tenant":{"id":"019a0000"}}"#.repeat(36)
}

fn sealed() -> (KeyRing, Sealed) {
    let ring = ring();
    let sealed = ring.seal(&PURPOSE, &answer()).expect("seals");
    (ring, sealed)
}

#[library_benchmark]
#[bench::of_times(args = (), setup = cursor, config = limit(6_700))]
fn write_cursor(cursor: Cursor) -> String {
    black_box(&cursor).encode()
}

#[library_benchmark]
#[bench::of_times(args = (), setup = encoded, config = limit(12_700))]
fn read_cursor(text: String) -> Cursor {
    let scope = scope(&["tenants", "-createdAt", ""]);
    Cursor::decode(black_box(&text), &scope, KeyType::Time).expect("reads")
}

#[library_benchmark]
#[bench::of_a_name(args = (NAME), config = limit(16_200))]
fn clean_line(name: &str) -> String {
    text::line("name", black_box(name), 120).expect("a name")
}

#[library_benchmark]
#[bench::of_a_name(args = (NAME), config = limit(73_000))]
fn fold_search_text(name: &str) -> String {
    fold::search_text([black_box(name), "nguyens-auto", "wollongong"])
}

#[library_benchmark]
#[bench::of_a_person(args = (), setup = address, config = limit(45_000))]
fn read_email_address(text: &str) -> EmailAddress {
    black_box(text).parse().expect("an address")
}

#[library_benchmark]
#[bench::of_a_filter(args = ("2026-01-15T10:00:00.000001+11:00"), config = limit(1_270))]
fn read_moment(text: &str) -> chrono::DateTime<chrono::Utc> {
    moment::kept("from", black_box(text)).expect("a time")
}

#[library_benchmark]
#[bench::of_a_kilobyte(args = (), setup = answer, config = limit(67_000))]
fn fingerprint_body(body: Vec<u8>) -> BodyHash {
    BodyHash::of(black_box(&body))
}

#[library_benchmark]
#[bench::of_a_kilobyte(args = (), setup = sealed, config = limit(34_500))]
fn open_sealed((ring, sealed): (KeyRing, Sealed)) -> usize {
    black_box(&ring).open(&PURPOSE, black_box(&sealed)).expect("opens").len()
}

library_benchmark_group!(
    name = requests,
    benchmarks = [
        write_cursor,
        read_cursor,
        clean_line,
        fold_search_text,
        read_email_address,
        read_moment,
        fingerprint_body,
        open_sealed
    ]
);

main!(library_benchmark_groups = requests);
