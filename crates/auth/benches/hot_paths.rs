//! What every signed-in request pays before its handler runs, in instructions: the same on every machine and however busy it is.
//! A limit is what was counted when it was set, and a seventh more.
#![allow(missing_docs, reason = "the macros make modules of functions")]

use std::{hint::black_box, sync::Arc, time::Duration};

use auth::{
    AccessTokens, AuthConfig, LiveRevocations, PermissionMarker, SigningKeys, admin_permissions::TenantsRead, caller_of,
};
use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use kernel::{AdminRole, Audience, Caller, OsEntropy, SessionProof, Subject, SystemClock};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use uuid::Uuid;

const ROOT: &str = "ey/ss8brOKDmeIw+kgLGCwnNkvbYrq1PiRWWQsXVosM=";

fn limit(instructions: u64) -> LibraryBenchmarkConfig {
    LibraryBenchmarkConfig::default().tool(Callgrind::default().hard_limits([(EventKind::Ir, instructions)])).clone()
}

fn caller() -> Caller {
    caller_of(Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Finance }).in_session(SessionProof {
        session_id: Uuid::from_u128(2).into(),
        generation: 4,
        tenant_generation: None,
        must_change_password: false,
    })
}

fn tokens() -> AccessTokens {
    let root = SecretString::from(ROOT);
    let keys = SigningKeys::parse(&root, &root).expect("keys");
    let config = AuthConfig::new("https://api.example.com");
    let live = LiveRevocations::new(Arc::new(SystemClock), Duration::from_secs(60), config.access_token_life);
    live.absorb(&[], Instant::now());
    AccessTokens::new(config, Arc::new(keys), Arc::new(live), Arc::new(SystemClock), Arc::new(OsEntropy))
}

fn signed() -> (AccessTokens, String) {
    let tokens = tokens();
    let token = tokens.sign(&caller()).expect("signs").expose_secret().to_owned();
    // Whatever is made once is made now.
    tokens.verify(Audience::Admin, &token).expect("verifies");
    (tokens, token)
}

#[library_benchmark]
#[bench::of_staff(args = (), setup = signed, config = limit(96_800))]
fn verify_token((tokens, token): (AccessTokens, String)) -> Caller {
    black_box(&tokens).verify(Audience::Admin, black_box(&token)).expect("verifies")
}

#[library_benchmark]
#[bench::of_staff(args = (), setup = signed, config = limit(55_500))]
fn sign_token((tokens, _): (AccessTokens, String)) -> SecretString {
    black_box(&tokens).sign(&caller()).expect("signs")
}

#[library_benchmark]
#[bench::of_staff(args = (), setup = caller, config = limit(48))]
fn check_permission(caller: Caller) -> bool {
    TenantsRead::PERMISSION.check(black_box(&caller)).is_ok()
}

library_benchmark_group!(name = access, benchmarks = [verify_token, sign_token, check_permission]);

main!(library_benchmark_groups = access);
