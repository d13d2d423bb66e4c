//! What is deleted from SQLite is gone from the file.

use kernel::Transactor;
use platform::{Database, DatabaseOptions, Maintenance};
use sea_orm::ConnectionTrait;

const SECRET: &str = "Xq-a-person-who-is-to-be-forgotten";

#[tokio::test]
async fn nothing_of_a_deleted_row_stays_in_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("some.db");
    let options = DatabaseOptions::new(format!("sqlite://{}", file.display()));
    let database = Database::connect(&options).await.expect("connects");
    for sql in [
        "CREATE TABLE people (name text)".to_owned(),
        format!("INSERT INTO people VALUES ('{SECRET}'), ('another')"),
        format!("UPDATE people SET name = 'nobody' WHERE name = '{SECRET}'"),
        "DELETE FROM people WHERE name = 'nobody'".to_owned(),
    ] {
        let mut tx = database.begin().await.expect("begins");
        tx.executor().execute_unprepared(&sql).await.expect("runs");
        tx.commit().await.expect("commits");
    }
    database.close().await.expect("closes");
    let bytes = std::fs::read(&file).expect("reads");
    assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "it is still there");
    drop(Maintenance::connect(&options).await.expect("the file is whole"));
}
