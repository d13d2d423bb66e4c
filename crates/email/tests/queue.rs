//! The courier's end of the log, on both databases.

mod world;

use test_support::on_each_database;
use world::{World, many};

#[tokio::test]
async fn never_more_than_asked_for_are_claimed() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        // A planner that believes that the table is tiny may run a subquery once for each row.
        world.queue(many(1)).await;
        world.run("ANALYZE notification_log").await;
        world.queue(many(7)).await;
        for left in (0..8).rev() {
            assert_eq!(world.claim(1).await.len(), 1, "{left} are left");
        }
        assert!(world.claim(1).await.is_empty());
    })
    .await;
}
