use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{MetricType, UsagePoint, UsageValue, Width};

/// The latest point of a stretch of time; of several at one instant the one recorded last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct LastPoint {
    pub date: DateTime<Utc>,
    pub id: Uuid,
    pub value: UsageValue,
}

/// What points add to a rollup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// Of this metric.
    pub metric_type: MetricType,
    /// How much time it sums up.
    pub width: Width,
    /// With which quarter of an hour it begins, counted from 1970.
    pub quarter: i64,
    /// The points' sum, in thousandths.
    pub sum: i64,
    /// How many they are.
    pub points: i64,
    /// The latest of them.
    pub last: LastPoint,
}

impl Rollup {
    /// What the points add to rollups of every width, one each, always in the same order: two writers then wait for each other,
    /// and never deadlock. The sum of 1,000 points is far below what 64 bits hold.
    #[must_use]
    pub fn of(points: &[UsagePoint]) -> Vec<Self> {
        let mut rollups: BTreeMap<(&MetricType, Width, i64), Self> = BTreeMap::new();
        for point in points {
            let (value, last) =
                (point.value.thousandths(), LastPoint { date: point.date, id: point.id, value: point.value });
            for width in Width::ALL {
                let quarter = width.quarter_of(point.date);
                rollups
                    .entry((&point.metric_type, width, quarter))
                    .and_modify(|rollup| {
                        rollup.sum += value;
                        rollup.points += 1;
                        rollup.last = rollup.last.max(last);
                    })
                    .or_insert_with(|| {
                        let metric_type = point.metric_type.clone();
                        Self { metric_type, width, quarter, sum: value, points: 1, last }
                    });
            }
        }
        rollups.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(id: u128, metric: &str, value: i64, date: &str) -> UsagePoint {
        UsagePoint {
            id: Uuid::from_u128(id),
            metric_type: MetricType::trusted(metric.to_owned()),
            value: UsageValue::trusted(value),
            date: date.parse().expect("a time"),
            details: None,
        }
    }

    #[test]
    fn points_meet_in_wider_rollups() {
        let points = [
            point(3, "STORAGE", 5, "2026-01-15T10:20:00Z"),
            point(2, "STORAGE", 7, "2026-01-15T10:20:00Z"),
            point(1, "STORAGE", 1, "2026-01-15T10:14:59.999999Z"),
            point(4, "API_CALLS", 2, "2026-01-15T10:15:00Z"),
        ];
        let rollups = Rollup::of(&points);
        let brief = |rollup: &Rollup| (rollup.metric_type.to_string(), rollup.width, rollup.sum, rollup.points);
        let expected = [("API_CALLS", 2, 1), ("STORAGE", 13, 3)];
        let days: Vec<_> = rollups.iter().filter(|rollup| rollup.width == Width::Day).map(brief).collect();
        assert_eq!(days, expected.map(|(metric, sum, points)| (metric.to_owned(), Width::Day, sum, points)));
        let quarters: Vec<_> = rollups.iter().filter(|rollup| rollup.width == Width::Quarter).map(brief).collect();
        assert_eq!(quarters.iter().map(|it| (it.2, it.3)).collect::<Vec<_>>(), [(2, 1), (1, 1), (12, 2)]);
        // Of two at one instant the one with the later id.
        let last = rollups.iter().filter(|rollup| rollup.metric_type.as_str() == "STORAGE");
        assert_eq!(last.map(|rollup| rollup.last.value.thousandths()).collect::<Vec<_>>(), [1, 5, 5, 5, 5]);
        for rollup in &rollups {
            assert_eq!(rollup.quarter % rollup.width.quarters(), 0);
        }
    }

    #[test]
    fn their_order_is_always_the_same() {
        let mut points: Vec<_> = (0..50_u32)
            .map(|n| {
                point(n.into(), ["B", "A", "C"][n as usize % 3], 1, &format!("2026-01-{:02}T00:00:00Z", 1 + n % 28))
            })
            .collect();
        let key = |rollup: &Rollup| (rollup.metric_type.clone(), rollup.width, rollup.quarter);
        let order: Vec<_> = Rollup::of(&points).iter().map(key).collect();
        points.reverse();
        assert_eq!(Rollup::of(&points).iter().map(key).collect::<Vec<_>>(), order);
        assert!(order.is_sorted());
    }
}
