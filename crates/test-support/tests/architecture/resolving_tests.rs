//! The reader of paths itself: a small crate in which each way of writing a path is tried.

use std::fs;

use super::sources::Crate;

/// A crate of these files, read from `src/lib.rs`.
fn krate(files: &[(&str, &str)]) -> Crate {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join("src").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Crate::read(directory.path(), &directory.path().join("src/lib.rs"))
}

const LIB: &str = "mod domain; mod service; mod store; pub use domain::*; pub use store::{Rows, inner as deep};";
const STORE: &str = "pub struct Rows; pub mod inner { pub fn read() {} } macro_rules! m { () => { 1 } }";

/// What the service's file names, when this is in it.
fn named_by(service: &str) -> Vec<String> {
    let domain = ("domain.rs", "pub struct Plain; pub enum Kind { One }");
    let krate = krate(&[
        ("lib.rs", LIB),
        domain,
        ("store/mod.rs", STORE),
        ("service/mod.rs", "mod file;"),
        ("service/file.rs", service),
    ]);
    let file = krate.files.iter().find(|file| file.path == "src/service/file.rs").unwrap();
    file.names.named.iter().map(|named| krate.resolve(named).join("::")).collect()
}

#[test]
fn every_way_to_reach_a_store_is_seen() {
    for way in [
        "use crate::store::Rows;",
        "use crate::{domain::Plain, store::Rows};",
        "use {crate::{domain::{Kind, Plain}, store::{self, Rows as Lines}}};",
        "use super::super::store::Rows;",
        "use super::super::{store::{Rows}};",
        "use crate::Rows;",
        "use crate::{Plain, Rows as Lines};",
        "use crate as root; fn f(_: root::store::Rows) {}",
        "use crate::*; fn f(_: Rows) {}",
        "use super::super::*; fn f() { store::inner::read() }",
        "fn f() -> crate::store::Rows { loop {} }",
        "fn f(_: &dyn Fn(Vec<Option<super::super::Rows>>)) {}",
        "fn f() { let _ = crate::Rows; }",
        "fn f() { crate::deep::read() }",
        "fn f() { use crate::store; }",
        "fn f() { println!(\"{}\", g(&[crate::store::Rows])); }",
        "mod inner { use super::super::super::store::Rows; }",
        "#[derive(crate::store::Rows)] struct S;",
        "pub(in crate::store) struct S;",
    ] {
        let named = named_by(way);
        assert!(named.iter().any(|path| path.starts_with("crate::store")), "{way}: {named:?}");
    }
}

#[test]
fn what_is_no_store_is_not_taken_for_one() {
    for way in [
        "use crate::Plain; fn f(_: Plain) {}",
        "use crate::*; fn f(_: Plain, _: Kind) -> Kind { Kind::One }",
        "use platform::store::Outbox; fn f(store: u8) -> u8 { store }",
        "use super::super::domain::{self, Kind}; fn f() -> domain::Kind { Kind::One }",
        "// crate::store::Rows\n/// [`crate::store::Rows`]\nfn f() -> &'static str { \"crate::store::Rows\" }",
    ] {
        let named = named_by(way);
        assert!(!named.is_empty(), "{way}");
        assert!(!named.iter().any(|path| path.starts_with("crate::store")), "{way}: {named:?}");
    }
    assert_eq!(named_by("use crate::*; fn f(_: Plain) {}")[1], "crate::domain::Plain");
}
